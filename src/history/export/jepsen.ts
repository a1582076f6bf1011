import type { Operation } from '../operation.ts';
import { type ExportedCall, exportedCalls, questionOf } from './exported-call.ts';

/**
 * The operations as a history of Jepsen, in EDN: one operation per line, an `:invoke` and an `:ok`, `:fail` or `:info` for
 * each call. Values are pairs of the SKU and the facts, as those of `jepsen.independent`.
 */
export function* jepsenLines(operations: Operation[]): Generator<string, void, undefined> {
  let index = 0;
  for (const { atNs, exported, isInvocation } of eventsOf(exportedCalls(operations))) {
    const { call, process, sku } = exported;
    yield edn({
      index,
      time: atNs,
      type: new Keyword(isInvocation ? 'invoke' : call.outcome),
      process,
      f: new Keyword(call.kind),
      value: [sku, isInvocation ? questionOf(call) : answerOf(call)],
      ...(!isInvocation && call.code !== undefined && { error: new Keyword(call.code) }),
    });
    index += 1;
  }
}

interface Event {
  atNs: number;
  exported: ExportedCall;
  isInvocation: boolean;
}

/** A call at the very time of an answer comes first: the two may have overlapped. */
const eventsOf = (calls: ExportedCall[]): Event[] =>
  calls
    .flatMap((exported): Event[] => [
      { atNs: exported.call.invokedAtNs, exported, isInvocation: true },
      { atNs: exported.returnedAtNs, exported, isInvocation: false },
    ])
    .sort((a, b) => a.atNs - b.atNs || Number(b.isInvocation) - Number(a.isInvocation));

const answerOf = (call: Operation): object => {
  const { buyer, quantity, hold, newHold, order, voucher, sequence, observed } = call;
  return { buyer, quantity, hold, newHold, order, voucher, sequence, ...observed };
};

class Keyword {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A value in EDN. Keys become keywords, and fields without a value are left out. JSON's texts are EDN's. */
function edn(value: unknown): string {
  if (value instanceof Keyword) return keyword(value.name);
  if (value === null || value === undefined) return 'nil';
  if (Array.isArray(value)) return `[${value.map(edn).join(' ')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, of]) => of !== undefined);
  return `{${fields.map(([name, of]) => `:${name} ${edn(of)}`).join(', ')}}`;
}

/** The codes of servers are any text; one that cannot be a keyword stays a text. */
const keyword = (name: string): string =>
  /^[A-Za-z][\w.-]*$/.test(name) ? `:${name}` : JSON.stringify(name);
