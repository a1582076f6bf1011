import { OPERATION_KINDS, type Operation, type OperationKind, type Outcome } from './operation.ts';

/** A line of JSON that was not checked yet. Each value is checked where it is used. */
export type Line = Record<string, unknown>;

/** The operations of a history, put together from their lines. */
export interface OperationList {
  operations: Operation[];
  /** Adds a call. Until its answer is added it counts as `info`. */
  invoke(line: Line): void;
  /** Adds the answer to a call. */
  complete(line: Line, outcome: Outcome): void;
}

/** @param refuse throws an error that names the line and the reason */
export function createOperationList(refuse: (why: string) => never): OperationList {
  const operations: Operation[] = [];
  const completed = new Set<number>();
  const same = createInterner();

  function invoke(line: Line): void {
    const { id, at, quantity } = line;
    if (id !== operations.length + 1) {
      refuse(`call ${id} where call ${operations.length + 1} is due`);
    }
    if (typeof at !== 'number' || typeof quantity !== 'number' || !isKind(line.kind)) {
      refuse('a call without its time, quantity or kind');
    }
    operations.push({
      id: operations.length + 1,
      kind: line.kind,
      sku: same(line.sku),
      buyer: same(line.buyer),
      quantity,
      callId: line.callId as string | undefined,
      idempotencyKey: same(line.idempotencyKey),
      hold: same(line.hold),
      order: same(line.order),
      voucher: same(line.voucher),
      invokedAtNs: at,
      outcome: 'info',
      completedAtNs: Number.POSITIVE_INFINITY,
      status: 0,
      code: undefined,
      sequence: undefined,
      observed: undefined,
      requestId: undefined,
      instance: same(line.instance),
    });
  }

  function complete(line: Line, outcome: Outcome): void {
    const { at, status } = line;
    const operation = openCall(line);
    if (typeof at !== 'number' || typeof status !== 'number') {
      refuse('an answer without its time or status');
    }
    if (at < operation.invokedAtNs) refuse(`call ${operation.id} was answered before it was made`);
    completed.add(operation.id);
    operation.outcome = outcome;
    // An `info` may take effect at any later time, so the moment at which the client gave up means nothing.
    if (outcome !== 'info') operation.completedAtNs = at;
    operation.status = status;
    operation.code = same(line.code);
    const hold = same(line.hold);
    if (operation.hold === undefined) operation.hold = hold;
    else if (hold !== operation.hold) operation.newHold = hold;
    operation.order ??= same(line.order);
    operation.voucher ??= same(line.voucher);
    operation.sku ??= same(line.sku);
    operation.sequence = line.sequence as number | undefined;
    operation.observed = line.observed as Operation['observed'];
    operation.requestId = line.requestId as string | undefined;
  }

  /** The call that a line answers. */
  function openCall({ id }: Line): Operation {
    const operation = typeof id === 'number' ? operations[id - 1] : undefined;
    if (operation === undefined) refuse(`an answer to call ${JSON.stringify(id)}, never made`);
    if (completed.has(operation.id)) refuse(`a second answer to call ${operation.id}`);
    return operation;
  }

  return { operations, invoke, complete };
}

const KINDS: readonly unknown[] = OPERATION_KINDS;

const isKind = (value: unknown): value is OperationKind => KINDS.includes(value);

/** Keeps one string for all equal values: JSON.parse makes a new one for each. */
function createInterner(): (value: unknown) => string | undefined {
  const known = new Map<string, string>();
  return (value) => {
    if (typeof value !== 'string') return undefined;
    const before = known.get(value);
    if (before !== undefined) return before;
    known.set(value, value);
    return value;
  };
}
