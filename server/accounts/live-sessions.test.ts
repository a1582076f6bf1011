import { beforeEach, describe, expect, test } from 'vitest';
import { createLiveSessions, type LiveSessions } from './live-sessions.ts';

/** The queries to a database in which every session is live, and the functions that answer them. */
let asked: string[][];
let answer: (() => void)[];
let messagesArrive: boolean;
let live: LiveSessions;

beforeEach(() => {
  asked = [];
  answer = [];
  messagesArrive = true;
  live = createLiveSessions({
    messagesArrive: () => messagesArrive,
    findLive: (ids) => {
      asked.push(ids);
      return new Promise((resolve) => answer.push(() => resolve(new Set(ids))));
    },
  });
  live.trustMemory();
});

/** Waits until the database has got this many queries, and answers the last of them. */
async function answerQuestion(number: number): Promise<void> {
  while (answer.length < number) await new Promise(setImmediate);
  answer[number - 1]?.();
}

describe('S2.2 the state of a session', () => {
  test('is looked up in one query for all calls of a turn, and in one for all calls during a query', async () => {
    const first = Promise.all([live.isLive('a'), live.isLive('b'), live.isLive('a')]);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    const second = Promise.all([live.isLive('c'), live.isLive('d')]);
    await answerQuestion(1);
    expect(await first).toEqual([true, true, true]);
    await answerQuestion(2);
    await second;
    expect(asked).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  test('is known from memory after a look-up, until the session ends', async () => {
    expect(live.isKnownLive('a')).toBe(false);
    const first = live.isLive('a');
    await answerQuestion(1);
    await first;
    expect(live.isKnownLive('a')).toBe(true);
    live.ended(['a']);
    expect(live.isKnownLive('a')).toBe(false);
    expect(await live.isLive('a')).toBe(false);
    expect(asked).toHaveLength(1);
  });

  test('is ended when the message of the end comes during the query', async () => {
    const first = live.isLive('a');
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    live.ended(['a']);
    await answerQuestion(1);
    expect(await first).toBe(false);
    expect(live.isKnownLive('a')).toBe(false);
  });

  test('is looked up each time while messages may be missed', async () => {
    live.opened(['a']);
    expect(live.isKnownLive('a')).toBe(true);
    messagesArrive = false;
    expect(live.isKnownLive('a')).toBe(false);
    for (const number of [1, 2]) {
      const asking = live.isLive('a');
      await answerQuestion(number);
      expect(await asking).toBe(true);
    }
    expect(asked).toEqual([['a'], ['a']]);
  });

  test('is forgotten after a gap of messages, and an answer from before the gap is not kept', async () => {
    live.opened(['a']);
    const before = live.isLive('b');
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    live.distrustMemory();
    live.trustMemory();
    await answerQuestion(1);
    expect(await before).toBe(true);
    expect([live.isKnownLive('a'), live.isKnownLive('b')]).toEqual([false, false]);
  });

  test('may have ended when the count of endings has changed, and nothing is known without messages', () => {
    const counts = [live.endings()];
    live.opened(['a']);
    counts.push(live.endings());
    live.ended(['b']);
    counts.push(live.endings());
    live.distrustMemory();
    counts.push(live.endings());
    live.trustMemory();
    counts.push(live.endings());
    messagesArrive = false;
    counts.push(live.endings());

    const [first, opened, ended, distrusted, trusted, unheard] = counts;
    expect(opened).toBe(first);
    expect(new Set([first, ended, trusted]).size).toBe(3);
    expect([distrusted, unheard]).toEqual([undefined, undefined]);
  });

  test('cannot be read by the calls of a failed query, but by later calls', async () => {
    const failing = createLiveSessions({
      messagesArrive: () => true,
      findLive: async (ids) => {
        if (ids.includes('a')) throw new Error('the database is away');
        return new Set(ids);
      },
    });
    failing.trustMemory();
    await expect(failing.isLive('a')).rejects.toThrow('the database is away');
    expect(await failing.isLive('b')).toBe(true);
  });
});
