import pg from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';
import { createCollector } from './collector.ts';
import type { StoredCall, TrackCall } from './track.ts';

/** A store whose statements end when the test says so. */
const statements: { calls: TrackCall[]; end(): void; fail(error: Error): void }[] = [];
let partitionsMade: number[] = [];
let nowMs = 0;
const store = {
  store: (calls: TrackCall[]) =>
    new Promise<StoredCall[]>((resolve, reject) => {
      statements.push({
        calls,
        end: () =>
          resolve(calls.map(({ tracks }) => ({ outcome: 'stored', fresh: tracks.length }))),
        fail: reject,
      });
    }),
  async makePartitions(atMs: number) {
    partitionsMade.push(atMs);
  },
};

beforeEach(() => {
  statements.length = 0;
  partitionsMade = [];
  nowMs = 0;
});

const callOf = (tracks: number): TrackCall => ({
  ...{ userId: 'ann', callId: undefined },
  tracks: Array.from({ length: tracks }, (_, place) => ({
    ...{ trackId: `${place}`, type: 'page.viewed', at: undefined, skuId: undefined },
    ...{ units: 1, weight: 1, details: '{}' },
  })),
});
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('S2.7 the queue of what clients tell', () => {
  it('refuses a call for which there is no room, and takes it when there is', async () => {
    const waiting: number[] = [];
    const { collect } = createCollector({
      ...{ store, queueMax: 5, nowMs: () => nowMs },
      onWaiting: (tracks) => waiting.push(tracks),
    });
    const first = collect(callOf(3));
    expect(await collect(callOf(3))).toEqual({ outcome: 'full' });
    const second = collect(callOf(2));
    await turn();
    statements[0]?.end();
    expect(await first).toEqual({ outcome: 'stored', fresh: 3 });
    expect(await second).toEqual({ outcome: 'stored', fresh: 2 });
    expect(waiting).toEqual([3, 5, 2, 0]);
    const third = collect(callOf(5));
    await turn();
    statements[1]?.end();
    expect(await third).toEqual({ outcome: 'stored', fresh: 5 });
  });

  it('stores the calls that come while a batch commits in one statement', async () => {
    const { collect } = createCollector({ store, queueMax: 100, nowMs: () => nowMs });
    const first = collect(callOf(1));
    await turn();
    const others = [collect(callOf(2)), collect(callOf(3)), collect(callOf(4))];
    statements[0]?.end();
    await first;
    await turn();
    expect(statements.map(({ calls }) => calls.map(({ tracks }) => tracks.length))).toEqual([
      [1],
      [2, 3, 4],
    ]);
    statements[1]?.end();
    expect(await Promise.all(others)).toHaveLength(3);
  });

  it('has room again after a batch has failed', async () => {
    const { collect } = createCollector({ store, queueMax: 1, nowMs: () => nowMs });
    const failing = collect(callOf(1));
    await turn();
    statements[0]?.fail(new Error('the connection broke'));
    await expect(failing).rejects.toThrow('the connection broke');
    const next = collect(callOf(1));
    await turn();
    statements[1]?.end();
    expect(await next).toEqual({ outcome: 'stored', fresh: 1 });
  });

  it('lets the call fail alone that has what the database does not take', async () => {
    const { collect } = createCollector({ store, queueMax: 100, nowMs: () => nowMs });
    const first = collect(callOf(1));
    await turn();
    const [good, bad] = [collect(callOf(2)), collect(callOf(3))];
    bad.catch(() => {});
    statements[0]?.end();
    await first;
    await turn();
    const error = new pg.DatabaseError('no such text', 0, 'error');
    error.code = '22021';
    statements[1]?.fail(error);
    await turn();
    statements[2]?.end();
    expect(await good).toEqual({ outcome: 'stored', fresh: 2 });
    await turn();
    statements[3]?.fail(error);
    await expect(bad).rejects.toThrow('no such text');
  });

  it('makes partitions before the first batch, and again after an hour', async () => {
    const { collect } = createCollector({ store, queueMax: 100, nowMs: () => nowMs });
    for (const atMs of [0, 3_599_999, 3_600_000]) {
      nowMs = atMs;
      const stored = collect(callOf(1));
      await turn();
      await turn();
      statements.at(-1)?.end();
      await stored;
    }
    expect(partitionsMade).toEqual([0, 3_600_000]);
  });
});
