import { expect, it } from 'vitest';
import { isStillRunning, thisProcess } from './birth.ts';

it('knows a process again', () => {
  expect(isStillRunning(thisProcess())).toBe(true);
});

it('does not take another process for one that had the same number', () => {
  expect(isStillRunning({ ...thisProcess(), birth: 'an earlier moment' })).toBe(false);
});

it('goes by the number alone where the system does not tell when a process began', () => {
  expect(isStillRunning({ pid: process.pid })).toBe(true);
});
