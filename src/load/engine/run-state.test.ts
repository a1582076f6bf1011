import { expect, it } from 'vitest';
import { RunState } from './run-state.ts';

it('measures the time of the scenarios alone', () => {
  let nowMs = 1_000;
  const state = new RunState(() => nowMs);
  nowMs = 5_000;
  expect(state.elapsedMs()).toBe(0);
  expect(state.start()).toBe(5_000);
  nowMs = 5_300;
  expect(state.elapsedMs()).toBe(300);
  state.end();
  nowMs = 9_000;
  expect(state.elapsedMs()).toBe(300);
});

it('keeps the first reason for an early end, and takes none after the end', () => {
  const state = new RunState(() => 0);
  expect(state.stoppedBy()).toBeUndefined();
  expect(state.requestStop('interrupt')).toBe(true);
  expect(state.requestStop('threshold')).toBe(true);
  expect(state.stoppedBy()).toBe('interrupt');

  const ended = new RunState(() => 0);
  ended.start();
  ended.end();
  expect(ended.requestStop('interrupt')).toBe(false);
  expect(ended.stoppedBy()).toBeUndefined();
});
