import type { Turn, Turns } from './turns.ts';

export interface GroupCommit<Request, Result> {
  /** Adds a request to the next batch of its key. Resolves with the result of this request. */
  submit(request: Request): Promise<Result>;
}

/**
 * Group commit: one batch per key is under way, and the requests that arrive meanwhile form the next one. So batches grow
 * with the load, no request waits for a timer, and a caller waits for at most two batches.
 *
 * `execute` gets at least one request and resolves with one result per request, in order. A batch has at most one request
 * of each `conflictKey`; a second one goes into the next batch. When a batch of several requests fails and one of them
 * may be the cause, the requests are executed one by one, so that a bad request fails alone; otherwise all of them get
 * the error. `execute` must change nothing when it throws.
 */
export function createGroupCommit<Request, Result>(options: {
  keyOf(request: Request): string;
  conflictKey(request: Request): string;
  execute(key: string, batch: Request[]): Promise<Result[]>;
  batchMax: number;
  /** Returns true when one request of the batch may have caused the error; false when the database itself is away. */
  mayBeOneRequestsFault(error: unknown): boolean;
  /**
   * Turns that the batches of a key take, also with those of other groups. A batch is made up when its turn has come, so it
   * has all requests that arrived until then. Absent: no batch waits for those of others.
   */
  turns?: { of: Turns; nameOf(request: Request): string };
}): GroupCommit<Request, Result> {
  interface Waiting {
    request: Request;
    resolve(result: Result): void;
    reject(error: unknown): void;
  }
  const queues = new Map<string, Waiting[]>();

  return {
    submit(request) {
      return new Promise<Result>((resolve, reject) => {
        const key = options.keyOf(request);
        const queue = queues.get(key);
        if (queue !== undefined) {
          queue.push({ request, resolve, reject });
          return;
        }
        // The first request of an idle key starts the batch in a microtask, so that requests of the same event loop turn join.
        const started: Waiting[] = [{ request, resolve, reject }];
        queues.set(key, started);
        queueMicrotask(() => void drain(key, started));
      });
    },
  };

  async function drain(key: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) {
      const turn = await takeTurn(queue[0] as Waiting);
      await commit(key, takeBatch(queue));
      turn?.end();
    }
    queues.delete(key);
  }

  function takeTurn({ request }: Waiting): Promise<Turn> | undefined {
    const { turns } = options;
    return turns?.of.begin(turns.nameOf(request));
  }

  function takeBatch(queue: Waiting[]): Waiting[] {
    const batch: Waiting[] = [];
    const postponed: Waiting[] = [];
    const inBatch = new Set<string>();
    let taken = 0;
    while (taken < queue.length && batch.length < options.batchMax) {
      const waiting = queue[taken] as Waiting;
      taken += 1;
      const conflict = options.conflictKey(waiting.request);
      if (inBatch.has(conflict)) {
        postponed.push(waiting);
      } else {
        inBatch.add(conflict);
        batch.push(waiting);
      }
    }
    queue.splice(0, taken, ...postponed);
    return batch;
  }

  async function commit(key: string, batch: Waiting[]): Promise<void> {
    try {
      const results = await options.execute(
        key,
        batch.map((waiting) => waiting.request),
      );
      for (const [place, waiting] of batch.entries()) waiting.resolve(results[place] as Result);
    } catch (error) {
      if (batch.length > 1 && options.mayBeOneRequestsFault(error)) {
        for (const waiting of batch) await commit(key, [waiting]);
      } else {
        for (const waiting of batch) waiting.reject(error);
      }
    }
  }
}
