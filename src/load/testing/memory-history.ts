import type { HistoryRecorder } from '../../history/operation-writer.ts';

type Invocation = Parameters<HistoryRecorder['invoke']>[0];
type Completion = Parameters<HistoryRecorder['complete']>[1];

/** A history that tests can read: the recorded operations, in the order of their calls. */
export interface MemoryHistory extends HistoryRecorder {
  operations: (Invocation & { id: number; completion?: Completion })[];
}

export function createMemoryHistory(): MemoryHistory {
  const operations: MemoryHistory['operations'] = [];
  return {
    operations,
    invoke(operation) {
      operations.push({ ...operation, id: operations.length + 1 });
      return operations.length;
    },
    complete(id, completion) {
      const operation = operations[id - 1];
      if (!operation || operation.completion) throw new Error(`operation ${id} cannot end`);
      operation.completion = completion;
    },
  } as MemoryHistory;
}
