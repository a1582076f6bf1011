import { createGroupCommit } from '../platform/group-commit.ts';
import { mayBeOneRequestsFault } from '../platform/postgres.ts';
import type { TrackStore } from './store.ts';
import type { StoredCall, TrackCall } from './track.ts';

/** `full`: too many tracks wait already, and nothing of the call is stored. */
export type CollectOutcome = StoredCall | { outcome: 'full' };

export interface Collector {
  /** Resolves when the tracks of a call are stored and counted, or when it is certain that none of them is. */
  collect(call: TrackCall): Promise<CollectOutcome>;
}

/** Calls that are stored in one statement. */
const CALLS_PER_BATCH_MAX = 100;
/** Partitions are there for two days more than this. */
const PARTITIONS_LAST_MS = 3_600_000;

/**
 * Stores what clients tell in batches, by group commit: the calls that arrive while one batch commits go into the next. At most
 * `queueMax` tracks are in memory; a call that finds no room is refused, and nothing that was accepted is ever dropped.
 */
export function createCollector(deps: {
  store: Pick<TrackStore, 'store' | 'makePartitions'>;
  queueMax: number;
  nowMs(): number;
  /** Called with the number of tracks that wait, whenever it changes. */
  onWaiting?(tracks: number): void;
}): Collector {
  const { store, queueMax, nowMs, onWaiting = () => {} } = deps;
  let waiting = 0;
  let calls = 0;
  let partitionsUntilMs = Number.NEGATIVE_INFINITY;
  const batches = createGroupCommit<TrackCall & { number: string }, StoredCall>({
    keyOf: () => 'tracks',
    conflictKey: ({ number }) => number,
    async execute(_, batch) {
      const atMs = nowMs();
      if (atMs >= partitionsUntilMs) {
        await store.makePartitions(atMs);
        partitionsUntilMs = atMs + PARTITIONS_LAST_MS;
      }
      return await store.store(batch);
    },
    batchMax: CALLS_PER_BATCH_MAX,
    mayBeOneRequestsFault,
  });

  return {
    async collect(call) {
      const { length } = call.tracks;
      if (waiting + length > queueMax) return { outcome: 'full' };
      const count = (change: number) => {
        waiting += change;
        onWaiting(waiting);
      };
      count(length);
      calls += 1;
      try {
        return await batches.submit({ ...call, number: String(calls) });
      } finally {
        count(-length);
      }
    },
  };
}
