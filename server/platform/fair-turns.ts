/** Shares of the work: every kind gets as many turns as another, and within a kind every address. */
interface Turner {
  kind: string;
  address: string;
}

export type Turn<Value> =
  | { outcome: 'done'; value: Value }
  /** Too many wait already; the task was not begun. */
  | { outcome: 'busy'; retryAfterMs: number }
  /** Nobody wants the result any more; the task was not begun. */
  | { outcome: 'gone' };

export interface FairTurns {
  /** Runs a task when its turn comes. One whose `signal` is aborted before that gives its turn to the next. */
  take<Value>(
    turner: Turner,
    task: () => Promise<Value>,
    signal?: AbortSignal,
  ): Promise<Turn<Value>>;
}

/** Called with the reason for which a wait is over. */
type Waiter = (over: 'turn' | 'busy' | 'gone') => void;
type Lanes = Map<string, Waiter[]>;

/**
 * Runs at most `concurrency` tasks at a time, and lets at most `waitingMax` of each kind wait. Kinds take turns, and so do
 * the addresses of a kind, so a crowd from one address delays another address by one task, and a crowd of one kind delays
 * the other kinds by one task. Where no more may wait, the last one of the longest lane gives way to a shorter lane.
 */
export function createFairTurns(options: {
  concurrency: number;
  waitingMax: number;
  retryAfterMs: number;
}): FairTurns {
  const { concurrency, waitingMax, retryAfterMs } = options;
  /** The kinds that wait, each with its addresses that wait; both in the order of their next turns. */
  const kinds = new Map<string, Lanes>();
  let running = 0;

  function wait(
    { kind, address }: Turner,
    signal?: AbortSignal,
  ): Promise<'turn' | 'busy' | 'gone'> {
    const lanes = kinds.get(kind) ?? new Map<string, Waiter[]>();
    if (waitingIn(lanes) >= waitingMax && !makeRoom(lanes, address)) return Promise.resolve('busy');
    return new Promise((resolve) => {
      const leave = () => {
        forget(kind, address, waiter);
        resolve('gone');
      };
      const waiter: Waiter = (over) => {
        signal?.removeEventListener('abort', leave);
        resolve(over);
      };
      signal?.addEventListener('abort', leave, { once: true });
      kinds.set(kind, lanes);
      const lane = lanes.get(address);
      if (lane === undefined) lanes.set(address, [waiter]);
      else lane.push(waiter);
    });
  }

  /** Takes a waiter out of its lane, and the lane out of its kind if nobody else waits there. */
  function forget(kind: string, address: string, waiter: Waiter): void {
    const lanes = kinds.get(kind);
    const left = lanes?.get(address)?.filter((other) => other !== waiter) ?? [];
    if (left.length > 0) lanes?.set(address, left);
    else lanes?.delete(address);
    if (lanes?.size === 0) kinds.delete(kind);
  }

  /** Passes the turn directly to a waiter, so that a new call cannot overtake those that wait. */
  function passOn(): void {
    const next = takeFirst(kinds, (lanes) => takeFirst(lanes, (lane) => lane.shift()));
    if (next === undefined) running -= 1;
    else next('turn');
  }

  return {
    async take(turner, task, signal) {
      if (signal?.aborted) return { outcome: 'gone' };
      if (running < concurrency) running += 1;
      else {
        const over = await wait(turner, signal);
        if (over === 'busy') return { outcome: 'busy', retryAfterMs };
        if (over === 'gone') return { outcome: 'gone' };
      }
      try {
        return { outcome: 'done', value: await task() };
      } finally {
        passOn();
      }
    },
  };
}

function waitingIn(lanes: Lanes): number {
  let waiting = 0;
  for (const lane of lanes.values()) waiting += lane.length;
  return waiting;
}

/** Sends the last waiter of the longest lane away; false when that lane is no longer than this address's own would be. */
function makeRoom(lanes: Lanes, address: string): boolean {
  let longest: Waiter[] = [];
  for (const lane of lanes.values()) if (lane.length > longest.length) longest = lane;
  if (longest.length <= (lanes.get(address)?.length ?? 0) + 1) return false;
  longest.pop()?.('busy');
  return true;
}

/** Takes from the first entry, which then stands last, or leaves when it is empty. */
function takeFirst<Entry extends { size: number } | { length: number }, Taken>(
  entries: Map<string, Entry>,
  takeFrom: (entry: Entry) => Taken,
): Taken | undefined {
  const [first] = entries;
  if (first === undefined) return undefined;
  const [key, entry] = first;
  const taken = takeFrom(entry);
  entries.delete(key);
  const left = 'size' in entry ? entry.size : entry.length;
  if (left > 0) entries.set(key, entry);
  return taken;
}
