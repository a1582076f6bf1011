import { expect, it } from 'vitest';
import { waitForCommonStart } from './common-start.ts';

/** A wall clock that is one second later each time it is read. */
function createClock(startMs: number) {
  let nowMs = startMs;
  return () => {
    nowMs += 1_000;
    return nowMs;
  };
}

it('waits until the moment has come, and says so', async () => {
  const nowMs = createClock(0);
  const log: string[] = [];
  await waitForCommonStart(1_100, { nowMs, isStopped: () => false, log: (line) => log.push(line) });
  expect(log).toEqual(['waits 100 ms for the common start at 1970-01-01T00:00:01.100Z']);
  expect(nowMs()).toBe(3_000);
});

it('waits no longer than until the run is stopped', async () => {
  await waitForCommonStart(1e12, { nowMs: () => 0, isStopped: () => true, log() {} });
});

it('refuses to begin when the others have begun', async () => {
  const late = waitForCommonStart(0, { nowMs: () => 2_500, isStopped: () => false, log() {} });
  await expect(late).rejects.toMatchObject({
    message: 'this part was ready 2.50 s after the load began',
    next: expect.stringContaining('--start-in'),
  });
});
