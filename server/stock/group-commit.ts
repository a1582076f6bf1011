export interface GroupCommit<Request, Result> {
  /** Puts a request into the next batch of its key and answers with its own result. */
  submit(request: Request): Promise<Result>;
}

/**
 * Group commit: per key one batch is under way, and what arrives meanwhile forms the next. So batches grow with the
 * load by themselves, nobody waits for a timer, and a caller waits for at most two batches.
 *
 * `execute` gets at least one request and answers with one result each, in order. `conflictKey` names what may stand
 * only once in a batch; a second one waits for the next. When a batch of several fails and one of them may be to blame,
 * it is executed again one by one, so that one bad request cannot fail its neighbours; otherwise all of them get the
 * error. `execute` must do nothing when it throws.
 */
export function createGroupCommit<Request, Result>(options: {
  keyOf(request: Request): string;
  conflictKey(request: Request): string;
  execute(key: string, batch: Request[]): Promise<Result[]>;
  batchMax: number;
  /** Whether a batch may have failed because of a single request; not when the database itself is away. */
  mayBeOneRequestsFault(error: unknown): boolean;
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
        // The first of a quiet key starts the loop in a microtask, so that requests parsed in the same turn join it.
        const started: Waiting[] = [{ request, resolve, reject }];
        queues.set(key, started);
        queueMicrotask(() => void drain(key, started));
      });
    },
  };

  async function drain(key: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) await commit(key, takeBatch(queue));
    queues.delete(key);
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
