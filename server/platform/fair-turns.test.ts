import { describe, expect, test } from 'vitest';
import { createFairTurns } from './fair-turns.ts';

/** Tasks that end one after the other when they are told to, and the order in which they began. */
function createWork(waitingMax: number) {
  const turns = createFairTurns({ concurrency: 1, waitingMax, retryAfterMs: 5000 });
  const began: string[] = [];
  const ends: (() => void)[] = [];
  const ask = (kind: string, address: string, signal?: AbortSignal) => {
    const task = () => {
      began.push(`${kind} ${address}`);
      return new Promise<string>((resolve) => ends.push(() => resolve('done')));
    };
    return turns.take({ kind, address }, task, signal);
  };
  async function finish(): Promise<string[]> {
    await settled();
    while (ends.length > 0) {
      ends.shift()?.();
      await settled();
    }
    return began;
  }
  return { turns, ask, finish };
}

/** Lets every promise that can go on go on. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('S4.1 fair turns', () => {
  test('a crowd from one address lets another address in after one task', async () => {
    const { ask, finish } = createWork(10);
    const asked = [ask('log in', 'A'), ask('log in', 'A'), ask('log in', 'A'), ask('log in', 'B')];
    expect(await finish()).toEqual(['log in A', 'log in A', 'log in B', 'log in A']);
    for (const turn of await Promise.all(asked)) {
      expect(turn).toEqual({ outcome: 'done', value: 'done' });
    }
  });

  test('a crowd of one kind from many addresses lets the other kind in after one task', async () => {
    const { ask, finish } = createWork(10);
    for (const address of ['A', 'B', 'C', 'D']) void ask('register', address);
    void ask('log in', 'E');
    expect(await finish()).toEqual([
      'register A',
      'register B',
      'log in E',
      'register C',
      'register D',
    ]);
  });

  test('as many wait as may, of each kind; the next one is told to come back', async () => {
    const { ask, finish } = createWork(2);
    const asked = [1, 2, 3, 4].map(() => ask('register', 'A'));
    const other = ask('log in', 'A');
    expect(await asked[3]).toEqual({ outcome: 'busy', retryAfterMs: 5000 });
    expect(await finish()).toHaveLength(4);
    expect(await other).toMatchObject({ outcome: 'done' });
  });

  test('where no more may wait, the longest lane gives way to a shorter one', async () => {
    const { ask, finish } = createWork(3);
    const [, , , last] = [1, 2, 3, 4].map(() => ask('register', 'A'));
    const newcomer = ask('register', 'B');
    expect(await last).toMatchObject({ outcome: 'busy' });
    expect(await finish()).toEqual(['register A', 'register A', 'register B', 'register A']);
    expect(await newcomer).toMatchObject({ outcome: 'done' });
  });

  test('a task that fails passes its turn on', async () => {
    const { turns, ask, finish } = createWork(3);
    const failing = turns.take({ kind: 'log in', address: 'A' }, async () => {
      throw new Error('no hash');
    });
    const next = ask('log in', 'A');
    await expect(failing).rejects.toThrow('no hash');
    await finish();
    expect(await next).toMatchObject({ outcome: 'done' });
  });

  test('one that nobody waits for any more gives its turn and its place to the next', async () => {
    const { ask, finish } = createWork(2);
    const client = new AbortController();
    void ask('register', 'A');
    const left = ask('register', 'B', client.signal);
    const next = ask('register', 'C');
    expect(await ask('register', 'B')).toMatchObject({ outcome: 'busy' });
    client.abort();
    expect(await left).toEqual({ outcome: 'gone' });
    void ask('register', 'B');
    expect(await finish()).toEqual(['register A', 'register C', 'register B']);
    expect(await next).toMatchObject({ outcome: 'done' });
  });

  test('one that nobody waits for when it comes is not begun', async () => {
    const { ask, finish } = createWork(2);
    expect(await ask('log in', 'A', AbortSignal.abort())).toEqual({ outcome: 'gone' });
    expect(await finish()).toEqual([]);
  });

  test('one that has begun ends, also when nobody waits for it any more', async () => {
    const { ask, finish } = createWork(2);
    const client = new AbortController();
    const begun = ask('log in', 'A', client.signal);
    client.abort();
    await finish();
    expect(await begun).toEqual({ outcome: 'done', value: 'done' });
  });
});
