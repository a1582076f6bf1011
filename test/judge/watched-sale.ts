import type { Evidence } from '../../src/checkers/evidence.ts';
import { createSaleWatch } from '../../src/checkers/watching/sale-watch.ts';
import type { Violation } from '../../src/checkers/watching/watch.ts';
import { type CallEvent, watchCalls } from '../../src/history/call-watch.ts';
import type { Operation } from '../../src/history/operation.ts';
import type { HistoryRecorder } from '../../src/history/operation-writer.ts';

/** A client gives a call up after this time. */
const GIVEN_UP_NS = 50e6;
/** Threads tell what they have heard this often. */
const TOLD_EVERY_NS = 20e6;

/**
 * Plays a recorded sale to the watch as a load would: every call, answer and scrape at its moment.
 *
 * @param threads threads that run the load; of several, each tells what its own buyers did now and then
 */
export function watchedSale(
  { sale, operations, scrapes = [] }: Evidence,
  threads = 1,
): Violation[] {
  const watch = createSaleWatch(sale);
  const recorders = Array.from({ length: threads }, (_, index) => createThread(index, threads));
  const moments = momentsOf(
    operations,
    (call) => recorders[threadOf(call, threads)] as ReturnType<typeof createThread>,
  );
  for (const scrape of scrapes) {
    moments.push({ atNs: scrape.endedAtNs, happen: () => watch.scraped(scrape) });
  }
  moments.sort((a, b) => a.atNs - b.atNs);

  const seen: Violation[] = [];
  let toldNs = 0;
  const tell = (untilNs: number): void => {
    // The last thread is the first to be heard, so that a yes is heard before an earlier cancellation.
    for (const thread of recorders.toReversed()) thread.heard.splice(0).forEach(watch.hear);
    seen.push(...watch.look(untilNs));
  };
  for (const { atNs, happen } of moments) {
    if (threads > 1 && atNs > toldNs + TOLD_EVERY_NS) {
      tell(atNs);
      toldNs = atNs;
    }
    happen();
    if (threads === 1) tell(atNs);
  }
  tell(Number.POSITIVE_INFINITY);
  return seen;
}

/** The events that a watch hears of some calls, each at its moment. */
export function eventsOf({ operations }: Evidence): CallEvent[] {
  const { heard, invoke, complete } = createThread(0, 1);
  for (const { happen } of momentsOf(operations, () => ({ invoke, complete }))) happen();
  return heard;
}

interface Moment {
  atNs: number;
  happen: () => void;
}

/** The beginnings and the ends of calls, in the order of time. */
function momentsOf(
  operations: Operation[],
  threadOf: (call: Operation) => Pick<ReturnType<typeof createThread>, 'invoke' | 'complete'>,
): Moment[] {
  const moments = operations.flatMap((call): Moment[] => {
    const { invoke, complete } = threadOf(call);
    const endNs = call.outcome === 'info' ? call.invokedAtNs + GIVEN_UP_NS : call.completedAtNs;
    return [
      { atNs: call.invokedAtNs, happen: () => invoke(call) },
      { atNs: endNs, happen: () => complete(call, endNs) },
    ];
  });
  return moments.sort((a, b) => a.atNs - b.atNs);
}

/** No two threads act for one buyer. */
const threadOf = ({ buyer = '' }: Operation, threads: number): number =>
  [...buyer].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % threads;

function createThread(index: number, of: number) {
  const heard: CallEvent[] = [];
  let calls = 0;
  const history: HistoryRecorder = { invoke: () => ++calls, complete() {} };
  const recorder = watchCalls(
    history,
    { monotonicNs: () => 0 },
    (event) => heard.push(event),
    (id) => -(id * of + index),
  );
  const ids = new Map<Operation, number>();
  return {
    heard,
    invoke(call: Operation): void {
      const { outcome, hold, order, voucher, sku } = call;
      // Of a call that was answered, nobody can tell which of its names only the answer told.
      const isTold = outcome === 'ok' && TOLD_BY_ANSWER.has(call.kind);
      const known = isTold ? { sku } : { sku, hold, order, voucher };
      const { kind, buyer, quantity, idempotencyKey, ticket, invokedAtNs } = call;
      const named = { ...known, ...(kind === 'confirm' && { order: undefined }) };
      ids.set(
        call,
        recorder.invoke({ kind, buyer, quantity, idempotencyKey, ticket, ...named }, invokedAtNs),
      );
    },
    complete(call: Operation, atNs: number): void {
      const { outcome, status, code, hold, newHold, order, voucher, sku, sequence, observed } =
        call;
      const names = { hold: newHold ?? hold, order, voucher, sku };
      const end = { outcome, status, code, ...names, sequence, observed };
      recorder.complete(ids.get(call) as number, end, atNs);
    },
  };
}

const TOLD_BY_ANSWER: ReadonlySet<Operation['kind']> = new Set(['reserve', 'buy', 'register']);
