import { expect, it } from 'vitest';
import { isStillRunning, thisProcess } from './birth.ts';

it('knows a process again', () => {
  expect(isStillRunning(thisProcess())).toBe(true);
});

it('does not take another process for one that had the same number', () => {
  expect(isStillRunning({ ...thisProcess(), birth: 'an earlier moment' })).toBe(false);
});

it('does not take a running process for the one of a record without a birth, because this system tells births', () => {
  expect(isStillRunning({ pid: process.pid })).toBe(false);
});
