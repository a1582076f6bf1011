import { describe, expect, it } from 'vitest';
import type { Fault } from '../../history/fault.ts';
import type { RunEvent } from '../events.ts';
import { assertFaultsAreOurs } from './assert-ours.ts';
import { breakersOf } from './breakers.ts';
import { faultsOf } from './fault-plan.ts';
import { injectFaults } from './inject-faults.ts';

describe('C.7 the faults of a run', () => {
  const plan = {};
  const read = (faults: string, seed = 1) => faultsOf(plan, { faults, seed });

  it('say what is broken, when after the load began, and for how long', () => {
    expect(read('redis:kill@2s+500ms, server:pause')).toEqual([
      { name: 'redis-killed', atMs: 2_000, forMs: 500 },
      { name: 'server-paused', atMs: 1_000, forMs: 1_500 },
    ]);
  });

  it('come by chance, the same for the same seed, of those that are possible', () => {
    const possible = ['server-killed', 'postgres-killed'] as const;
    const by = (seed: number, round = 1) =>
      faultsOf(plan, { faults: 'random:8', seed }, { possible: [...possible], round });
    expect(by(1)).toEqual(by(1));
    expect(by(1)).not.toEqual(by(2));
    expect(by(1, 2)).toEqual(by(2, 1));
    expect(new Set(by(1).map(({ name }) => name))).toEqual(new Set(possible));
    expect(by(1).map(({ atMs }) => atMs)).toEqual(
      by(1)
        .map(({ atMs }) => atMs)
        .toSorted((a, b) => a - b),
    );
  });

  it('are those of the plan as well', () => {
    const redisAmnesia = { afterMs: 5, everyMs: 100, times: 2 };
    expect(faultsOf({ redisAmnesia }, { seed: 1 })).toEqual([
      { name: 'redis-emptied', atMs: 5, forMs: 0 },
      { name: 'redis-emptied', atMs: 105, forMs: 0 },
    ]);
  });

  it.each([
    ['redis:kil', 'did you mean redis:kill?'],
    ['everything', 'it is none of server:kill'],
    ['redis:kill@soon', 'its times are not durations'],
    ['', 'it is none of'],
  ])('are refused as %j', (text, why) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ exitCode: 2, why: expect.stringContaining(why) }),
    );
  });
});

describe('C.7 only what the run started itself is broken', () => {
  type Services = Parameters<typeof assertFaultsAreOurs>[2];
  const amnesia = { redisAmnesia: { afterMs: 0, everyMs: 100, times: 1 } };
  const own: Services = { seed: 1, redis: true, kafka: false };

  it.each<[string, Partial<Services>, string, string]>([
    ['servers that run already', { targets: ['http://shop'] }, 'of --target', 'leave --target out'],
    ['a Redis of somebody', { redisUrl: 'redis://r' }, 'may hold other data', 'leave --redis-url'],
    ['no Redis', { redis: false }, 'this run has no Redis', 'add --redis'],
  ])('a scenario that empties Redis is refused with %s', (_, services, why, next) => {
    expect(() => assertFaultsAreOurs(amnesia, 'forgetful', { ...own, ...services })).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringContaining('forgetful cannot break'),
        why: expect.stringContaining(why),
        next: expect.stringContaining(next),
      }),
    );
  });

  it.each<[string, Partial<Services>, string]>([
    ['random', { targets: ['http://shop'] }, 'of --target'],
    ['postgres:kill', { databaseUrl: 'postgres://db' }, 'may hold other data'],
    ['kafka:kill', {}, 'this run has no Kafka'],
    ['kafka:kill', { kafkaBrokers: 'k:9092' }, 'others may use'],
    ['payments:kill', {}, 'simulate the payments themselves'],
    ['payments:pause', {}, 'simulate the payments themselves'],
  ])('%s is refused with %j', (faults, services, why) => {
    expect(() => assertFaultsAreOurs({}, 'rush', { ...own, faults, ...services })).toThrow(
      expect.objectContaining({ exitCode: 2, why: expect.stringContaining(why) }),
    );
  });

  it('what the run starts may be broken, and other sales are asked for nothing', () => {
    assertFaultsAreOurs(amnesia, 'forgetful', own);
    assertFaultsAreOurs({}, 'rush', { ...own, faults: 'redis:kill,server:kill,postgres:kill' });
    assertFaultsAreOurs({}, 'rush', { ...own, targets: ['http://shop'], redis: false });
  });

  it('a stack has the faults of the parts that it started', () => {
    const server = { name: 's', url: 'u', kill: async () => {}, pause: () => async () => {} };
    const parts = { servers: [server], postgres: undefined } as never;
    expect(Object.keys(breakersOf({ parts }, async () => 0))).toEqual([
      ...['server-killed', 'server-paused', 'media-killed'],
    ]);
    const more = { servers: [server], payments: server, smtp: server };
    expect(Object.keys(breakersOf({ parts: more as never }, async () => 0))).toEqual([
      ...['server-killed', 'server-paused', 'media-killed', 'payments-killed', 'payments-paused'],
      ...['smtp-killed', 'smtp-refused'],
    ]);
  });

  it('the store of the images is away while pictures are shown, and comes back also if none can be', async () => {
    let isThere = true;
    const media = {
      path: 'media',
      async lose() {
        isThere = false;
        return async () => {
          isThere = true;
        };
      },
    };
    const killed = (show: () => Promise<number>) =>
      breakersOf({ parts: { servers: [], media } as never }, show)['media-killed']?.();
    const undo = await killed(async () => (isThere ? 0 : 3));
    expect(isThere).toBe(false);
    expect(await undo?.()).toBe(3);
    expect(isThere).toBe(true);
    await expect(killed(() => Promise.reject(new Error('nobody answers')))).rejects.toThrow(
      'nobody answers',
    );
    expect(isThere).toBe(true);
  });
});

/** Injects faults whose breakers do what is given; `heard` resolves after so many lines. */
function start(
  breakers: Parameters<typeof injectFaults>[1]['breakers'],
  plan: Parameters<typeof injectFaults>[0],
  linesMax = plan.length,
) {
  const faults: Fault[] = [];
  const lines: string[] = [];
  let hear = (): void => {};
  const heard = new Promise<void>((resolve) => {
    hear = resolve;
  });
  let now = 0;
  const injected = injectFaults(plan, {
    breakers,
    clock: { monotonicNs: () => ++now },
    history: { fault: (fault) => faults.push(fault) },
    onEvent(event: RunEvent) {
      if (event.type === 'log') lines.push(event.line);
      if (lines.length === linesMax) hear();
    },
  });
  return { injected, faults, lines, heard };
}

const emptied = { name: 'redis-emptied', atMs: 0, forMs: 0 } as const;
const killed = { name: 'redis-killed', atMs: 0, forMs: 3_600_000 } as const;

it('C.7 brings faults about one after the other, records and logs each', async () => {
  let times = 0;
  const breakers = { 'redis-emptied': async () => void times++ as undefined };
  const { injected, faults, lines, heard } = start(breakers, [emptied, emptied]);
  await injected.start();
  await heard;
  await injected.stop();
  expect(times).toBe(2);
  expect(faults.map(({ name, untilNs }) => [name, untilNs])).toEqual([
    ['redis-emptied', undefined],
    ['redis-emptied', undefined],
  ]);
  expect(lines).toEqual(['Redis lost its data', 'Redis lost its data']);
});

it('C.7 records nothing for a fault that does not come about, and goes on', async () => {
  const breakers = {
    'redis-emptied': async () => {
      throw new Error('connection refused');
    },
    'server-killed': async () => undefined,
  };
  const { injected, faults, lines, heard } = start(breakers, [
    emptied,
    { name: 'server-killed', atMs: 0, forMs: 0 },
  ]);
  await injected.start();
  await heard;
  await injected.stop();
  expect(faults.map(({ name }) => name)).toEqual(['server-killed']);
  expect(lines[0]).toBe('the fault redis-emptied did not come about: connection refused');
});

it('C.7 records a fault that cannot be undone, and says so', async () => {
  const breakers = {
    'redis-killed': async () => async () => {
      throw new Error('the port is taken');
    },
  };
  const { injected, faults, lines, heard } = start(breakers, [{ ...killed, forMs: 0 }], 2);
  await injected.start();
  await heard;
  await injected.stop();
  expect(faults).toEqual([{ name: 'redis-killed', atNs: expect.any(Number) }]);
  expect(lines[1]).toBe('redis-killed could not be undone: the port is taken');
});

it('C.7 counts the calls that met a fault, where they are counted', async () => {
  const breakers = { 'smtp-refused': async () => async () => 7 };
  const refused = { name: 'smtp-refused', atMs: 0, forMs: 0 } as const;
  const { injected, faults, lines, heard } = start(breakers, [refused], 2);
  await injected.start();
  await heard;
  await injected.stop();
  expect(faults).toMatchObject([{ name: 'smtp-refused', met: 7 }]);
  expect(lines[1]).toBe('smtp-refused is undone; 7 calls met it');
});

it('C.7 brings back what it broke when it is stopped, and leaves out what is left', async () => {
  let isBroken = false;
  const breakers = {
    'redis-killed': async () => {
      isBroken = true;
      return async () => {
        isBroken = false;
        return undefined;
      };
    },
  };
  const { injected, faults, heard } = start(breakers, [killed, killed], 1);
  await injected.start();
  await heard;
  expect(isBroken).toBe(true);
  await injected.stop();
  await injected.stop();
  expect(isBroken).toBe(false);
  expect(faults).toHaveLength(1);
  expect(faults[0]?.untilNs).toBeGreaterThan(faults[0]?.atNs ?? 0);
});
