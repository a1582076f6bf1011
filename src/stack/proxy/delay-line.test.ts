import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createDelayLine } from './delay-line.ts';

beforeEach(() => vi.useFakeTimers({ now: 0 }));
afterEach(() => vi.useRealTimers());

const clock = { nowMs: () => Date.now(), monotonicNs: () => Date.now() * 1e6 };

function createLine() {
  const out = new PassThrough({ highWaterMark: 8 * 1024 * 1024 });
  const onRoom = vi.fn();
  const line = createDelayLine({ delayMs: 5, out, clock, onRoom });
  const push = (text: string, onSent?: (delayMs: number) => void): boolean =>
    line.push(Buffer.from(text), onSent);
  return { line, out, push, onRoom, read: () => out.read()?.toString() ?? '' };
}

it('a piece leaves as much later as the line says, and not before', () => {
  const { push, read } = createLine();
  push('stock: 1');
  vi.advanceTimersByTime(4);
  expect(read()).toBe('');
  vi.advanceTimersByTime(1);
  expect(read()).toBe('stock: 1');
});

it('pieces leave in their order, each with its own delay, however close they came', () => {
  const { push, read } = createLine();
  const delays: number[] = [];
  const note = (delayMs: number): void => void delays.push(delayMs);
  push('a', note);
  vi.advanceTimersByTime(2);
  push('b', note);
  push('c', note);
  vi.advanceTimersByTime(3);
  expect(read()).toBe('a');
  vi.advanceTimersByTime(2);
  expect(read()).toBe('bc');
  expect(delays).toEqual([5, 5, 5]);
});

it('the end comes after all that came before it', () => {
  const { line, push, read } = createLine();
  const seen: string[] = [];
  push('last words');
  line.after(() => seen.push(read()));
  expect(seen).toEqual([]);
  vi.advanceTimersByTime(5);
  expect(seen).toEqual(['last words']);
});

it('a full line asks its source to wait, and calls it when there is room', () => {
  const { push, onRoom } = createLine();
  const half = 'x'.repeat(512 * 1024);
  expect(push(half)).toBe(true);
  expect(push(half)).toBe(false);
  expect(onRoom).not.toHaveBeenCalled();
  vi.advanceTimersByTime(5);
  expect(onRoom).toHaveBeenCalledOnce();
});

it('nothing leaves while the reader takes no more', () => {
  const { line, push, out } = createLine();
  vi.spyOn(out, 'write').mockReturnValue(false);
  const then = vi.fn();
  push('full');
  line.after(then);
  vi.advanceTimersByTime(50);
  expect(out.write).toHaveBeenCalledOnce();
  expect(then).not.toHaveBeenCalled();
  out.emit('drain');
  expect(then).toHaveBeenCalledOnce();
});

it('a line that is stopped sends nothing more', () => {
  const { line, push, read } = createLine();
  push('too late');
  line.stop();
  vi.advanceTimersByTime(50);
  expect(read()).toBe('');
});
