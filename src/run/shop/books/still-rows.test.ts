import { expect, it } from 'vitest';
import { waitUntilStill } from './still-rows.ts';

const signal = new AbortController().signal;
/** Looks that show these texts one after another, and the last one for ever, and how often somebody looked. */
function looks(...texts: string[]) {
  let times = 0;
  const look = async () => texts[Math.min(times++, texts.length - 1)] as string;
  return { look, times: () => times };
}
/** A clock that shows these seconds one after another. */
const clockOf = (...seconds: number[]) => {
  const left = [...seconds];
  return { monotonicNs: () => (left.shift() ?? 0) * 1e9, nowMs: () => 0 };
};

it('waits once for rows that do not change, and on as long as they do', async () => {
  const still = looks('10 orders');
  expect(await waitUntilStill(0, still.look, { clock: clockOf(0), signal })).toBe(true);
  expect(still.times()).toBe(2);
  const late = looks('10 orders', '11 orders', '12 orders');
  expect(await waitUntilStill(0, late.look, { clock: clockOf(0, 1, 2), signal })).toBe(true);
  expect(late.times()).toBe(4);
});

it('gives up after a minute', async () => {
  const { look } = looks('1', '2', '3', '4', '5');
  expect(await waitUntilStill(0, look, { clock: clockOf(0, 59, 60), signal })).toBe(false);
});
