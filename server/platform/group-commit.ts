export interface GroupCommit<Request, Result> {
  /** Adds a request to the next batch of its key. Resolves with the result of this request. */
  submit(request: Request): Promise<Result>;
}

/**
 * Group commit: while a batch is under way, the requests that arrive form the next one. So batches grow with the load, no
 * request waits for a timer, and a caller waits for few batches.
 *
 * `execute` gets at least one request and resolves with one result per request, in order. All requests of a batch have one
 * key, and it has at most one of each `conflictKey`; a second one goes into a later batch. When a batch of several
 * requests fails and one of them may be the cause, the requests are executed one by one, so that a bad request fails alone;
 * otherwise all of them get the error. `execute` must change nothing when it throws.
 */
export function createGroupCommit<Request, Result>(options: {
  keyOf(request: Request): string;
  conflictKey(request: Request): string;
  execute(key: string, batch: Request[]): Promise<Result[]>;
  batchMax: number;
  /** Returns true when one request of the batch may have caused the error; false when the database itself is away. */
  mayBeOneRequestsFault(error: unknown): boolean;
  /**
   * The names of all that a request changes. Two batches that are under way at the same time have no name in common: they
   * would wait for each other anyway. Absent: its key, so that each key has one batch under way.
   */
  namesOf?(request: Request): readonly string[];
  /** The most batches under way. Absent: as many as have no name in common. */
  atOnceMax?: number;
}): GroupCommit<Request, Result> {
  const { keyOf, conflictKey, batchMax, atOnceMax = Number.POSITIVE_INFINITY } = options;
  const namesOf = options.namesOf ?? ((request: Request) => [keyOf(request)]);

  interface Waiting {
    request: Request;
    key: string;
    names: readonly string[];
    conflict: string;
    resolve(result: Result): void;
    reject(error: unknown): void;
  }
  /** The requests that wait, in the order of their arrival. */
  let queue: Waiting[] = [];
  /** So many at the beginning of the queue cannot begin before a batch has ended. */
  let blocked = 0;
  let underWay = 0;
  /** The names of the batches under way. */
  const busy = new Set<string>();
  /**
   * The names that a blocked request of several names waits for. Later requests leave them alone: they would take now one,
   * now the other of them, and it would never find all of them free.
   */
  let claimed = new Set<string>();
  let isDue = false;

  return {
    submit(request) {
      return new Promise<Result>((resolve, reject) => {
        const names = namesOf(request);
        const [key, conflict] = [keyOf(request), conflictKey(request)];
        queue.push({ request, key, names, conflict, resolve, reject });
        // Batches are made up at the end of a turn of the event loop, so that all requests that it has read come together.
        if (isDue || underWay >= atOnceMax || hasOneOf(busy, names) || hasOneOf(claimed, names)) {
          return;
        }
        isDue = true;
        setImmediate(begin);
      });
    },
  };

  function begin(): void {
    isDue = false;
    while (underWay < atOnceMax) {
      const batch = takeBatch();
      if (batch.length === 0) return;
      underWay += 1;
      void run(batch);
    }
  }

  async function run(batch: Waiting[]): Promise<void> {
    const [{ key }] = batch as [Waiting];
    const names = new Set(batch.flatMap((waiting) => waiting.names));
    for (const name of names) busy.add(name);
    const settle = await commit(key, batch);
    for (const name of names) busy.delete(name);
    underWay -= 1;
    blocked = 0;
    begin();
    // In a tick behind that in which the pool sends the statement of the next batch: the database need not wait for it until
    // hundreds of callers have gone on.
    process.nextTick(settle);
  }

  /** The first request that can begin, with all others that can go with it; none when nothing can begin. */
  function takeBatch(): Waiting[] {
    const batch: Waiting[] = [];
    const conflicts = new Set<string>();
    const claims = new Set(blocked === 0 ? [] : claimed);
    const left = queue.slice(0, blocked);
    const mayGo = ({ key, names, conflict }: Waiting) =>
      batch.length < batchMax &&
      (batch.length === 0 || key === batch[0]?.key) &&
      !hasOneOf(busy, names) &&
      !hasOneOf(claims, names) &&
      !conflicts.has(conflict);
    for (let place = blocked; place < queue.length; place += 1) {
      const waiting = queue[place] as Waiting;
      if (mayGo(waiting)) {
        batch.push(waiting);
        conflicts.add(waiting.conflict);
      } else {
        left.push(waiting);
        if (waiting.names.length > 1) for (const name of waiting.names) claims.add(name);
      }
    }
    if (batch.length === 0) {
      blocked = left.length;
      claimed = claims;
    }
    queue = left;
    return batch;
  }

  /** Resolves, when the batch has its results, to a function that passes them on to the callers. */
  async function commit(key: string, batch: Waiting[]): Promise<() => void> {
    try {
      const results = await options.execute(
        key,
        batch.map((waiting) => waiting.request),
      );
      return () => {
        for (const [place, waiting] of batch.entries()) waiting.resolve(results[place] as Result);
      };
    } catch (error) {
      if (batch.length === 1 || !options.mayBeOneRequestsFault(error)) {
        return () => {
          for (const waiting of batch) waiting.reject(error);
        };
      }
      for (const waiting of batch) {
        const settle = await commit(key, [waiting]);
        settle();
      }
      return () => {};
    }
  }
}

/** True if the set has one of the names. It is asked for every request, mostly about one name and a set that is empty. */
function hasOneOf(set: ReadonlySet<string>, names: readonly string[]): boolean {
  if (set.size === 0) return false;
  for (const name of names) if (set.has(name)) return true;
  return false;
}
