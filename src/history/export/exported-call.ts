import { lastEventNs, type Operation } from '../operation.ts';

/** A call as checkers of other people know calls: by a process that does one thing at a time. */
export interface ExportedCall {
  call: Operation;
  /** The number of its process. A process whose call was never answered makes no other call. */
  process: number;
  /** The SKU that it is about; null if nobody knows. */
  sku: string | null;
  /** Nanoseconds; the end of the history for a call that nobody knows the end of. */
  returnedAtNs: number;
}

/** Gives the calls of a history, in the order of their times, to as few processes as can have made them. */
export function exportedCalls(operations: Operation[]): ExportedCall[] {
  const calls = operations.toSorted((a, b) => a.invokedAtNs - b.invokedAtNs || a.id - b.id);
  const endNs = 1 + Math.max(0, lastEventNs(calls));
  const skuOf = createSkuFinder(calls);
  const processes = createProcesses();
  return calls.map((call) => {
    const process = processes.take(call.invokedAtNs, call.completedAtNs);
    const returnedAtNs = call.outcome === 'info' ? endNs : call.completedAtNs;
    return { call, process, sku: skuOf(call), returnedAtNs };
  });
}

/** The facts that a call itself named; ids of other things were told by its answer. */
export const questionOf = ({
  kind,
  buyer,
  quantity,
  hold,
  order,
  voucher,
  ticket,
}: Operation): object => ({
  ...{ buyer, quantity },
  ...(kind === 'confirm' || kind === 'release' ? { hold } : {}),
  ...(kind === 'cancel' ? { order } : {}),
  ...(kind === 'redeem' ? { voucher } : {}),
  ...(kind === 'check-in' ? { ticket } : {}),
});

/** A call that does not name its SKU is about that of its hold, its order or its voucher. */
function createSkuFinder(calls: Operation[]): (call: Operation) => string | null {
  const skuById = new Map<string, string>();
  const idsOf = ({ hold, order, voucher }: Operation): string[] =>
    Object.entries({ hold, order, voucher }).flatMap(([kind, id]) =>
      id === undefined ? [] : [`${kind} ${id}`],
    );
  for (const call of calls) {
    if (call.sku !== undefined) for (const id of idsOf(call)) skuById.set(id, call.sku);
  }
  return (call) => call.sku ?? idsOf(call).flatMap((id) => skuById.get(id) ?? [])[0] ?? null;
}

/** Processes that are free again when their call has returned. */
function createProcesses(): { take(fromNs: number, toNs: number): number } {
  /** A heap by the time at which each process is free. */
  const heap: { freeNs: number; process: number }[] = [];
  let processes = 0;

  const isBefore = (a: number, b: number): boolean =>
    (heap[a]?.freeNs ?? Number.POSITIVE_INFINITY) < (heap[b]?.freeNs ?? Number.POSITIVE_INFINITY);
  function swap(a: number, b: number): void {
    [heap[a], heap[b]] = [heap[b], heap[a]] as [(typeof heap)[0], (typeof heap)[0]];
  }
  function rise(from: number): void {
    for (let at = from; at > 0 && isBefore(at, (at - 1) >> 1); at = (at - 1) >> 1) {
      swap(at, (at - 1) >> 1);
    }
  }
  function sink(): void {
    for (let at = 0; ; ) {
      const least = isBefore(2 * at + 2, 2 * at + 1) ? 2 * at + 2 : 2 * at + 1;
      if (!isBefore(least, at)) return;
      swap(at, least);
      at = least;
    }
  }

  return {
    take(fromNs, toNs) {
      const first = heap[0];
      if (first !== undefined && first.freeNs < fromNs) {
        first.freeNs = toNs;
        sink();
        return first.process;
      }
      const process = processes;
      processes += 1;
      heap.push({ freeNs: toNs, process });
      rise(heap.length - 1);
      return process;
    },
  };
}
