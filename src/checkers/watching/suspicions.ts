import type { WatchedHold } from './hold-book.ts';

/** Holds that together are more than there may be, unless one of them had ended: somebody has not heard of it yet. */
export interface Suspicion {
  /** The thing that there is too much of. */
  about: string;
  /** The moment at which all of these holds stood. */
  atNs: number;
  holds: WatchedHold[];
  summary: string;
}

export interface Suspicions {
  /** True while a suspicion about a thing is not settled, so that it need not be raised again. */
  isOpen(about: string): boolean;
  /** True once one was true: one is enough. */
  isProven(): boolean;
  raise(suspicion: Suspicion): void;
  /** Settles what can be settled when everything before a moment was heard. Answers with the first that is true. */
  settle(heardUntilNs: number): Suspicion | undefined;
}

export function createSuspicions(): Suspicions {
  const open = new Map<string, Suspicion>();
  let isProven = false;
  return {
    isProven: () => isProven,
    isOpen: (about) => open.has(about),
    raise: (suspicion) => void open.set(suspicion.about, suspicion),
    settle(heardUntilNs) {
      let proven: Suspicion | undefined;
      for (const suspicion of open.values()) {
        const { about, atNs, holds } = suspicion;
        if (atNs >= heardUntilNs) continue;
        open.delete(about);
        if (holds.every(({ endedAtNs }) => endedAtNs > atNs)) proven ??= suspicion;
      }
      isProven ||= proven !== undefined;
      return proven;
    },
  };
}
