import { describe, expect, inject, it } from 'vitest';
import { systemClock } from '../../src/kernel/clock.ts';
import type { RunOptions } from '../../src/run/context.ts';
import { startRun } from '../../src/run/run.ts';
import { isSale } from '../../src/run/run-report.ts';

const hasRedis = inject('redisUrl') !== undefined;

/** Runs a scenario on a stack of its own, its PostgreSQL included, with faults. */
async function run(options: Partial<RunOptions> & Pick<RunOptions, 'scenario' | 'faults'>) {
  const lines: string[] = [];
  const report = await startRun(
    {
      ...{ instances: 2, seed: 1, strategy: 'batched', unsafe: false, keep: false },
      ...{ redis: hasRedis, kafka: false, holdTtlMs: 120_000, version: 'test', command: 'test' },
      ...options,
    },
    {
      clock: systemClock,
      onEvent(event) {
        if (event.type === 'log') lines.push(event.line);
      },
    },
  ).report;
  if (!isSale(report)) throw new Error('the scenario sells nothing');
  return { report, lines };
}

describe('C.7 a run whose PostgreSQL is killed and whose servers stand still', () => {
  it.each([
    ['rush', { stock: 300, buyers: 6_000 }],
    ['vouchers', {}],
    ['tickets', {}],
  ])(
    'is valid: nobody is told that nothing happened when something did (%s)',
    async (name, size) => {
      const { report, lines } = await run({
        ...{ scenario: `scenarios/${name}.ts`, ...size },
        faults: 'postgres:kill@400ms+600ms,server:pause@1500ms+400ms,server:kill@2500ms',
      });
      expect(lines).toContain('PostgreSQL was killed');
      const complaints = report.verdict.checks.filter(
        ({ status }) => status !== 'valid' && status !== 'skipped',
      );
      expect(complaints).toEqual([]);
    },
  );
});
