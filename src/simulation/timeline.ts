export interface Timeline {
  nowNs(): number;
  /** Plans an event for a moment; a moment in the past counts as now. */
  at(atNs: number, run: () => void): void;
  after(delayNs: number, run: () => void): void;
  /** Runs every event, those planned meanwhile included. */
  run(): void;
}

/** Runs events in the order of their virtual time. A binary heap; ties run in the order in which they were planned. */
export function createTimeline(): Timeline {
  const heap: { atNs: number; turn: number; run: () => void }[] = [];
  let now = 0;
  let turns = 0;

  const isBefore = (a: number, b: number): boolean => {
    const left = heap[a];
    const right = heap[b];
    if (left === undefined || right === undefined) return false;
    return left.atNs < right.atNs || (left.atNs === right.atNs && left.turn < right.turn);
  };
  const swap = (a: number, b: number): void => {
    [heap[a], heap[b]] = [heap[b] as (typeof heap)[0], heap[a] as (typeof heap)[0]];
  };

  function at(atNs: number, run: () => void): void {
    heap.push({ atNs: Math.max(now, atNs), turn: turns++, run });
    let child = heap.length - 1;
    while (child > 0 && isBefore(child, (child - 1) >> 1)) {
      swap(child, (child - 1) >> 1);
      child = (child - 1) >> 1;
    }
  }

  function next() {
    swap(0, heap.length - 1);
    const first = heap.pop();
    let parent = 0;
    for (;;) {
      let least = parent;
      if (isBefore(2 * parent + 1, least)) least = 2 * parent + 1;
      if (isBefore(2 * parent + 2, least)) least = 2 * parent + 2;
      if (least === parent) return first;
      swap(parent, least);
      parent = least;
    }
  }

  return {
    nowNs: () => now,
    at,
    after: (delayNs, run) => at(now + Math.max(0, delayNs), run),
    run() {
      while (heap.length > 0) {
        const event = next();
        if (event === undefined) return;
        now = event.atNs;
        event.run();
      }
    },
  };
}
