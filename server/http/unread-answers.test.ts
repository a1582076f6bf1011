import { EventEmitter } from 'node:events';
import { expect, it, vi } from 'vitest';
import { createUnreadAnswers } from './unread-answers.ts';

/** An answer whose reader takes nothing. It closes a moment after it is cut off, as connections do. */
class Unread extends EventEmitter {
  writableLength = 1;
  isCut = false;
  destroy() {
    this.isCut = true;
    queueMicrotask(() => this.emit('close'));
  }
}

const LARGE = 100_000;
const limits = { bytesMax: 2 * LARGE, takenWithinMs: 60_000 };

/** Gives answers with these bodies; returns which of them are cut off. */
function give(bodies: (string | Buffer)[]): boolean[] {
  const unread = createUnreadAnswers(limits);
  const answers = bodies.map((body) => {
    const answer = new Unread();
    unread.add(answer, body);
    return answer;
  });
  return answers.map(({ isCut }) => isCut);
}

it('cuts off the readers who have had the most time, when too much waits', () => {
  const text = 'x'.repeat(LARGE);
  expect(give([text, text, text, text])).toEqual([true, true, false, false]);
});

it('counts bytes that answers share once, until the last of them has been read', () => {
  const shared = Buffer.alloc(LARGE);
  const unread = createUnreadAnswers(limits);
  const readers = [1, 2, 3].map(() => new Unread());
  for (const reader of readers) unread.add(reader, shared);
  readers[0]?.emit('close');
  readers[1]?.emit('close');
  const later = [1, 2].map(() => new Unread());
  for (const reader of later) unread.add(reader, 'x'.repeat(LARGE));
  expect([...readers, ...later].map(({ isCut }) => isCut)).toEqual([
    ...[false, false, true],
    ...[false, false],
  ]);
});

it('forgets an answer that was read', () => {
  const unread = createUnreadAnswers(limits);
  const [read, slow] = [new Unread(), new Unread()];
  unread.add(read, 'x'.repeat(LARGE));
  read.emit('close');
  unread.add(slow, 'x'.repeat(2 * LARGE));
  expect([read.isCut, slow.isCut]).toEqual([false, false]);
});

it('lets one reader have an answer that is larger than all may be together', () => {
  expect(give(['x'.repeat(3 * LARGE)])).toEqual([false]);
});

it('counts no small answers, nor those that the kernel has taken', () => {
  const unread = createUnreadAnswers({ ...limits, bytesMax: 0 });
  const taken = new Unread();
  taken.writableLength = 0;
  unread.add(taken, 'x'.repeat(LARGE));
  const small = [1, 2].map(() => new Unread());
  for (const answer of small) unread.add(answer, 'x'.repeat(1_000));
  expect([taken, ...small].map(({ isCut }) => isCut)).toEqual([false, false, false]);
});

it('gives a reader its time, and no more', () => {
  vi.useFakeTimers();
  try {
    const unread = createUnreadAnswers(limits);
    const slow = new Unread();
    unread.add(slow, 'x'.repeat(LARGE));
    vi.advanceTimersByTime(59_999);
    expect(slow.isCut).toBe(false);
    vi.advanceTimersByTime(1);
    expect(slow.isCut).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});
