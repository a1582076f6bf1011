import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../kernel/clock.ts';
import { referenceTarget } from '../../target/reference.ts';
import type { LoadOptions } from '../options.ts';
import { constantVus } from '../schedule/executors/constant-vus.ts';
import { createMemoryHistory } from '../testing/memory-history.ts';
import { createTestScript, scenarioOptions } from '../testing/script.ts';
import type { ScriptFunctions } from '../vu/script.ts';
import type { Vu } from '../vu/vu.ts';
import type { Crew } from './crew.ts';
import type { LoadRun } from './load-run.ts';
import { startLoad } from './start-load.ts';

function start(
  init: (vu: Vu) => ScriptFunctions,
  options: Partial<LoadOptions> = {},
): { run: LoadRun; log: string[] } {
  const log: string[] = [];
  const run = startLoad({
    script: createTestScript(init, options),
    env: {},
    target: referenceTarget,
    history: createMemoryHistory(),
    clock: systemClock,
    log: (line) => log.push(line),
  });
  return { run, log };
}

const endless: Partial<LoadOptions> = {
  scenarios: [
    scenarioOptions({
      plan: constantVus.plan({ vus: 1, duration: 600_000 } as never),
      gracefulStopMs: 0,
    }),
  ],
};

/** A crew of other threads that run for a while, and whose records take a while to bring together. */
function crewOfThreads(clock: { passMs(ms: number): void }, calls: string[]): Crew {
  return {
    threads: 2,
    async prepare() {},
    async run() {
      calls.push('run');
      clock.passMs(4_000);
    },
    async collect() {
      calls.push('collect');
      clock.passMs(60_000);
    },
    stop() {},
    abort() {},
    progress: () => 1,
    offered: () => undefined,
    takeLagMsMax: () => 0,
    lagMsP99: () => 0,
    async close() {
      calls.push('close');
    },
  };
}

describe('a load', () => {
  it('lasts until its threads have ended, however long it takes to bring their records together', async () => {
    let nowNs = 0;
    const clock = {
      passMs(ms: number) {
        nowNs += ms * 1e6;
      },
    };
    const calls: string[] = [];
    const result = await startLoad({
      script: createTestScript(() => ({ default() {} })),
      env: {},
      target: referenceTarget,
      history: createMemoryHistory(),
      clock: { nowMs: () => 0, monotonicNs: () => nowNs },
      crew: () => crewOfThreads(clock, calls),
    }).result;
    expect(result.elapsedMs).toBe(4_000);
    expect(calls).toEqual(['run', 'collect', 'close']);
  });

  it("calls the script's functions in the order of k6, with the data of setup", async () => {
    const calls: unknown[] = [];
    const { run } = start((vu) => ({
      setup() {
        calls.push(['setup', vu.id, vu.group]);
        return { sku: 'A' };
      },
      default: (data) => calls.push(['default', vu.id, data]),
      teardown: (data) => calls.push(['teardown', vu.group, data]),
      handleSummary(summary) {
        const { metrics, setup_data } = summary as Record<string, Record<string, unknown>>;
        calls.push([
          'handleSummary',
          Object.keys(metrics ?? {}).includes('iterations'),
          setup_data,
        ]);
        return { stdout: 'done' };
      },
    }));
    const result = await run.result;
    expect(calls).toEqual([
      ['setup', 0, '::setup'],
      ['default', 1, { sku: 'A' }],
      ['teardown', '::teardown', { sku: 'A' }],
      ['handleSummary', true, { sku: 'A' }],
    ]);
    expect(result).toMatchObject({ iterations: 1, summaryOutput: { stdout: 'done' } });
    expect(result).not.toHaveProperty('stoppedBy');
  });

  it('leaves out setup and teardown where its options say so', async () => {
    const calls: string[] = [];
    const { run } = start(
      () => ({
        setup: () => calls.push('setup'),
        default: () => calls.push('default'),
        teardown: () => calls.push('teardown'),
      }),
      { runsSetup: false, runsTeardown: false },
    );
    await run.result;
    expect(calls).toEqual(['default']);
  });

  it('rejects when setup throws, and runs nothing after it', async () => {
    const calls: string[] = [];
    const { run } = start(() => ({
      setup() {
        throw new Error('no shelf');
      },
      default: () => calls.push('default'),
      teardown: () => calls.push('teardown'),
    }));
    await expect(run.result).rejects.toMatchObject({
      message: 'setup() of test failed',
      why: 'no shelf',
      next: 'mend /scripts/test.ts and run it again',
    });
    expect(calls).toEqual([]);
  });

  it('rejects when init code throws in a VU', async () => {
    const { run } = start((vu) => {
      if (vu.id > 0) throw new Error('no shelf');
      return { default: () => {} };
    });
    await expect(run.result).rejects.toMatchObject({ message: 'init code of test failed' });
  });

  it('counts what teardown and handleSummary throw as exceptions', async () => {
    const { run } = start(() => ({
      default: () => {},
      teardown() {
        throw new Error('still locked');
      },
      handleSummary() {
        throw new Error('no paper');
      },
    }));
    const result = await run.result;
    expect(result.exceptions.first).toContain('still locked');
    expect(result.summaryOutput).toBeUndefined();
  });

  it('gives running iterations their gracefulStop on a stop, and then tears down', async () => {
    const calls: string[] = [];
    const { run } = start(
      (vu) => ({
        default() {
          run.stop('interrupt');
          return vu.pause(600_000);
        },
        teardown: () => calls.push('teardown'),
      }),
      endless,
    );
    expect(await run.result).toMatchObject({ stoppedBy: 'interrupt', interruptedIterations: 1 });
    expect(calls).toEqual(['teardown']);
  });

  it('interrupts running iterations two seconds after a violation', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      const run = await new Promise<LoadRun>((resolve) => {
        const begun = start(
          (vu) => ({
            default() {
              begun.run.stop('violation');
              resolve(begun.run);
              return vu.pause(600_000);
            },
          }),
          endless,
        );
      });
      await vi.advanceTimersByTimeAsync(1_999);
      let isOver = false;
      void run.result.then(() => {
        isOver = true;
      });
      await setImmediate();
      expect(isOver).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(await run.result).toMatchObject({ stoppedBy: 'violation', interruptedIterations: 1 });
    } finally {
      vi.useRealTimers();
    }
  });

  it.each(['target-gone', 'violation'] as const)('says that it was stopped for %s', async (why) => {
    const { run } = start(() => ({ default: () => run.stop(why) }), endless);
    expect((await run.result).stoppedBy).toBe(why);
  });

  it('drops everything on an abort, teardown too', async () => {
    const calls: string[] = [];
    const { run } = start(
      (vu) => ({
        default() {
          run.abort();
          return vu.pause(600_000);
        },
        teardown: () => calls.push('teardown'),
      }),
      endless,
    );
    expect(await run.result).toMatchObject({ stoppedBy: 'interrupt', interruptedIterations: 1 });
    expect(calls).toEqual([]);
  });

  it('interrupts setup on an abort, and still resolves', async () => {
    const { run } = start((vu) => ({
      setup() {
        run.abort();
        return vu.pause(600_000);
      },
      default: () => {},
    }));
    expect(await run.result).toMatchObject({ stoppedBy: 'interrupt', iterations: 0 });
  });

  it('ends when a script aborts it, and logs the reason', async () => {
    const { run, log } = start(
      (vu) => ({
        default() {
          vu.run.abort('enough');
          return vu.pause(600_000);
        },
      }),
      endless,
    );
    expect(await run.result).toMatchObject({ stoppedBy: 'script-abort' });
    expect(log).toEqual(['the script ended the run: enough']);
  });

  it('gives a last tick, and ends the ticks with the run', async () => {
    const { run } = start(() => ({ default: () => {} }));
    const ticks = [];
    for await (const tick of run.ticks) ticks.push(tick);
    expect(ticks.at(-1)).toMatchObject({ progress: 1, iterations: 1, activeVus: 0 });
    await run.result;
  });
});
