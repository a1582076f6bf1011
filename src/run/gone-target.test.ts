import { expect, it } from 'vitest';
import { noOutcomes } from '../load/metrics/outcomes.ts';
import { createTargetWatch } from './gone-target.ts';

const tick = (seconds: number, outcomes: { sent: number; notSent: number }) => ({
  elapsedMs: seconds * 1_000,
  outcomes: { ...noOutcomes(), ...outcomes },
});

it('takes a target for gone once nothing could be sent for 15 s', () => {
  const watch = createTargetWatch();
  expect(watch(tick(5, { sent: 100, notSent: 0 }))).toBeUndefined();
  expect(watch(tick(19, { sent: 100, notSent: 500 }))).toBeUndefined();
  expect(watch(tick(20, { sent: 100, notSent: 540 }))).toBe(
    'no target takes connections any more: 540 requests in 15 s could not be sent',
  );
});

it('waits for a target that comes back', () => {
  const watch = createTargetWatch();
  expect(watch(tick(14, { sent: 0, notSent: 500 }))).toBeUndefined();
  expect(watch(tick(15, { sent: 1, notSent: 510 }))).toBeUndefined();
  expect(watch(tick(29, { sent: 1, notSent: 900 }))).toBeUndefined();
});

it('does not take few requests for a proof, nor answers that do not come', () => {
  const watch = createTargetWatch();
  expect(watch(tick(60, { sent: 0, notSent: 19 }))).toBeUndefined();
  expect(watch(tick(90, { sent: 50, notSent: 19 }))).toBeUndefined();
});
