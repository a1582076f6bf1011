import { describe, expect, it } from 'vitest';
import type { Fault } from '../../history/operation.ts';
import type { RunOptions } from '../context.ts';
import type { RunEvent } from '../events.ts';
import { assertRedisIsOurs, redisAmnesia } from './redis-amnesia.ts';

describe('a sale in which Redis loses its data', () => {
  const plan = { redisAmnesia: { afterMs: 0, everyMs: 100, times: 1 } };
  type Services = Pick<RunOptions, 'targets' | 'redis' | 'redisUrl'>;

  it.each<[string, Services, string, string]>([
    [
      'servers that run already',
      { targets: ['http://shop'], redis: true },
      'the servers of',
      'leave --target out',
    ],
    [
      'a Redis of somebody',
      { redisUrl: 'redis://r', redis: false },
      'may hold other data',
      'leave --redis-url',
    ],
    ['no Redis', { redis: false }, 'this run has no Redis', 'add --redis'],
  ])('is refused with %s', (_, services, why, next) => {
    expect(() => assertRedisIsOurs(plan, 'forgetful', services)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringContaining('forgetful makes Redis lose all its data'),
        why: expect.stringContaining(why),
        next: expect.stringContaining(next),
      }),
    );
  });

  it('needs a Redis that the run starts', () => {
    expect(() => assertRedisIsOurs(plan, 'forgetful', { redis: true })).not.toThrow();
  });

  it('asks nothing of other sales', () => {
    const plain = { redisAmnesia: undefined };
    expect(() =>
      assertRedisIsOurs(plain, 'rush', { targets: ['http://shop'], redis: false }),
    ).not.toThrow();
  });
});

/** An amnesia whose Redis has to be emptied `times` times; `emptied` resolves after the last time. */
function start(times: number, empty: (time: number) => Promise<void> = async () => {}) {
  const faults: Fault[] = [];
  const lines: string[] = [];
  let emptiedAll = (): void => {};
  const emptied = new Promise<void>((resolve) => {
    emptiedAll = resolve;
  });
  let time = 0;
  const amnesia = redisAmnesia(
    { afterMs: 0, everyMs: 1, times },
    {
      async empty() {
        time += 1;
        await empty(time);
      },
      clock: { monotonicNs: () => time * 10 },
      history: { fault: (fault) => faults.push(fault) },
      onEvent(event: RunEvent) {
        if (event.type === 'log') lines.push(event.line);
        if (lines.length === times) emptiedAll();
      },
    },
  );
  return { amnesia, faults, lines, emptied };
}

it('empties Redis as often as planned, and records and logs each time', async () => {
  const { amnesia, faults, lines, emptied } = start(2);
  await amnesia.start();
  await emptied;
  await amnesia.stop();
  expect(faults).toEqual([
    { name: 'redis-emptied', atNs: 10 },
    { name: 'redis-emptied', atNs: 20 },
  ]);
  expect(lines).toEqual(['Redis lost all its data (1 of 2)', 'Redis lost all its data (2 of 2)']);
});

it('records nothing for a Redis that cannot be emptied, and goes on', async () => {
  const { amnesia, faults, lines, emptied } = start(2, async (time) => {
    if (time === 1) throw new Error('connection refused');
  });
  await amnesia.start();
  await emptied;
  await amnesia.stop();
  expect(faults).toEqual([{ name: 'redis-emptied', atNs: 20 }]);
  expect(lines[0]).toBe('Redis could not be emptied: connection refused');
});

it('ends when it is stopped, whatever is left', async () => {
  const { amnesia, faults } = start(1_000);
  await amnesia.start();
  await amnesia.stop();
  await amnesia.stop();
  expect(faults.length).toBeLessThan(1_000);
});
