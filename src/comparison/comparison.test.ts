import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { RunDocument } from '../report/run-document.ts';
import { Comparison, compareSides, type Side } from './comparison.ts';
import { describeComparison } from './comparison-page.ts';
import { tellBroken, tellComparison } from './conclusion.ts';
import { describeRepeats, RepeatedRuns, rateMissedBy } from './repeated-runs.ts';

it.each([
  ['comparison', Comparison],
  ['repeated-runs', RepeatedRuns],
])('the published JSON schema of %s is that of the code', async (name, schema) => {
  const published = z.toJSONSchema(schema, { io: 'output' });
  await expect(`${JSON.stringify(published, null, 2)}\n`).toMatchFileSnapshot(
    `../../docs/${name}.schema.json`,
  );
});

type Status = 'valid' | 'invalid' | 'unknown' | 'missing' | 'skipped';

/** A run with a median latency, as far as comparisons read it. */
function run(med: number | undefined, checks: Record<string, Status> = {}, seed = 1): RunDocument {
  const statuses = Object.values(checks);
  const status = statuses.includes('invalid')
    ? 'invalid'
    : statuses.includes('unknown')
      ? 'unknown'
      : 'valid';
  return {
    scenario: 'rush',
    verdict: {
      ...{ status, sentence: `${status}.` },
      checks: Object.entries(checks).map(([name, result]) => ({ name, status: result })),
    },
    summary: {
      elapsedMs: 2_000,
      requests: { sent: 110, unknown: 10 },
      iterations: { offered: null },
      metrics:
        med === undefined
          ? {}
          : { http_req_duration: { values: { med, 'p(95)': med * 2, 'p(99)': med * 3 } } },
    },
    thresholds: [],
    environment: { seed, historyFile: null },
  } as unknown as RunDocument;
}

interface Load {
  med?: number;
  /** The share of their time that its VUs waited for answers. */
  waited?: number;
  offered?: number;
  elapsedMs?: number;
}

/** Six equal runs of 100 VUs that got 100 answers. */
function crowdOf({ med, waited = 0, offered, elapsedMs = 2_000 }: Load): Side {
  const { summary, ...rest } = run(med);
  const metrics = {
    http_reqs: { values: { count: 100 } },
    http_req_duration: { values: { med, avg: waited * elapsedMs } },
    vus_max: { values: { max: 100 } },
  };
  const iterations = { offered: offered ?? null };
  const document = { ...rest, summary: { ...summary, elapsedMs, metrics, iterations } };
  return { name: 'crowd', runs: Array(6).fill(document) };
}

const decisionOf = ({ by, comparisons }: Comparison) =>
  comparisons.find(({ figure }) => figure === by);

const OPTIONS = { scenario: 'rush', by: 'med', margin: 0.05 } as const;
const steady = (med: number) => [0, 1, 2, 3, 4, 5].map((step) => run(med + step / 100));

describe('a comparison', () => {
  const fast = { name: 'batched', runs: steady(10) };

  it('C.6 tells which side is slower, and by how much', () => {
    const comparison = compareSides([fast, { name: 'pessimistic', runs: steady(30) }], OPTIONS);
    expect(comparison.comparisons[0]).toMatchObject({
      ...{ side: 'pessimistic', figure: 'med', pairs: 6, decision: 'slower' },
    });
    expect(tellComparison(comparison).sentences).toEqual([
      'pessimistic is slower than batched: 3× its median latency (2.99× to 3× with 99 % confidence, 6 pairs).',
    ]);
  });

  it('C.6 reads a higher throughput as faster', () => {
    const twice = steady(10).map((each) => ({
      ...each,
      summary: { ...each.summary, elapsedMs: 1_000 },
    }));
    const comparison = compareSides([fast, { name: 'new', runs: twice }], OPTIONS);
    const throughput = comparison.comparisons.find(({ figure }) => figure === 'throughput');
    expect(throughput).toMatchObject({ ratio: 2, decision: 'faster' });
    expect(comparison.sides[0]?.figures.throughput?.[0]).toBe(50);
  });

  it('C.6 compares the CPU time of servers that tell it', () => {
    const runs = (serverCpuSeconds: number | null) =>
      steady(10).map((each) => ({ ...each, summary: { ...each.summary, serverCpuSeconds } }));
    const cpuOf = (other: number | null) =>
      compareSides(
        [
          { name: 'old', runs: runs(2) },
          { name: 'new', runs: runs(other) },
        ],
        OPTIONS,
      ).comparisons.find(({ figure }) => figure === 'cpu');
    expect(cpuOf(3)).toMatchObject({ ratio: 1.5, decision: 'slower' });
    expect(cpuOf(null)).toMatchObject({ pairs: 0, decision: 'cannot tell' });
  });

  it('C.6 of equal sides is the same, and of a few runs nobody can tell', () => {
    const equal = compareSides([fast, { name: 'new', runs: steady(10) }], OPTIONS);
    expect(equal.comparisons[0]?.decision).toBe('same');
    const few = { name: 'new', runs: steady(30).slice(0, 2) };
    const [sentence] = tellComparison(compareSides([fast, few], OPTIONS)).sentences;
    expect(sentence).toContain('2 pairs: too few to know');
  });

  it('C.6 decides by answers per second if the load waits for answers, else by the median latency', () => {
    const figureOf = (load: Load, other = load) => {
      const sides = [crowdOf({ med: 10, ...load }), crowdOf({ med: 10, ...other })];
      return compareSides(sides, { scenario: 'rush', margin: 0.05 }).by;
    };
    expect(figureOf({ waited: 0.9 })).toBe('throughput');
    expect(figureOf({ waited: 0.1 })).toBe('med');
    expect(figureOf({ waited: 0.9 }, { waited: 0.1 })).toBe('med');
    expect(figureOf({ waited: 0.9, offered: 100 })).toBe('med');
    expect(figureOf({ waited: 0.9, offered: 0 })).toBe('med');
  });

  it('C.6 never calls servers the same by the rate of a load that follows its schedule', () => {
    const bySchedule = (elapsedMs: number) => {
      const sides = [2_000, elapsedMs].map((ms) => crowdOf({ offered: 100, elapsedMs: ms }));
      return compareSides(sides, { ...OPTIONS, by: 'throughput' });
    };
    const kept = bySchedule(2_000);
    expect(decisionOf(kept)).toMatchObject({ margin: 0, decision: 'cannot tell' });
    expect(tellComparison(kept).sentences[0]).toContain('--by med or --by cpu would tell.');
    // A server that falls behind its schedule is slower, whoever asks.
    expect(decisionOf(bySchedule(4_000))).toMatchObject({ decision: 'slower' });
  });

  it('C.6 allows rates to differ by as much as the margin makes of a load that pauses in between', () => {
    const pausing = (waited: number, elapsedMs: number) =>
      compareSides([crowdOf({ waited }), crowdOf({ waited, elapsedMs })], {
        ...{ ...OPTIONS, by: 'throughput' },
      });
    expect(decisionOf(pausing(1, 2_060))).toMatchObject({ margin: 0.05, decision: 'same' });
    const half = pausing(0.5, 2_020);
    expect(decisionOf(half)).toMatchObject({
      ...{ margin: expect.closeTo(0.025), decision: 'same' },
    });
    expect(tellComparison(half).sentences[0]).toContain(
      'within 2.5 % (what a difference of 5 % makes of a load that also waits for other things).',
    );
    expect(decisionOf(pausing(0.5, 2_060))).toMatchObject({ decision: 'slower' });
    // Twice the time for an answer makes a hundredth of such a load.
    expect(decisionOf(pausing(0.01, 2_020))).toMatchObject({ decision: 'slower' });
    expect(decisionOf(pausing(0.01, 2_000))).toMatchObject({
      ...{ margin: expect.closeTo(0.0005), decision: 'same' },
    });
  });

  it('C.6 leaves out a pair in which one side has no figure', () => {
    const gaps = [run(undefined), ...steady(30).slice(1)];
    const comparison = compareSides([fast, { name: 'new', runs: gaps }], OPTIONS);
    expect(comparison.comparisons[0]?.pairs).toBe(5);
    expect(comparison.sides[1]?.figures.med?.[0]).toBeNull();
  });

  it('C.6 takes the runs of a pair together', () => {
    const noisy = (med: number) => [1, 4, 1, 4, 1, 4, 1, 4, 1, 4].map((by) => run(med * by));
    const sides = [
      { name: 'old', runs: noisy(1) },
      { name: 'new', runs: noisy(2).toReversed() },
    ];
    const [alone] = compareSides(sides, OPTIONS).comparisons;
    expect(alone).toMatchObject({ pairs: 10, decision: 'cannot tell' });
    const [together] = compareSides(sides, { ...OPTIONS, runsPerPair: 2 }).comparisons;
    expect(together).toMatchObject({ pairs: 5, decision: 'slower', ratio: expect.closeTo(2) });
  });

  it('C.6 names what a side broke, whatever its speed', () => {
    const naive = steady(5).map((each) => ({
      ...each,
      verdict: run(5, { 'never-oversold': 'invalid', conservation: 'valid' }).verdict,
    }));
    const comparison = compareSides([fast, { name: 'naive', runs: naive }], OPTIONS);
    expect(comparison.sides[1]).toMatchObject({
      ...{ results: { invalid: 6 }, broken: ['never-oversold'] },
    });
    expect(tellBroken(comparison)).toEqual(['naive broke invariants:\n  - never-oversold']);
    expect(describeComparison(comparison, 'compare').status).toBe('invalid');
  });
});

describe('repeated runs', () => {
  const valid = {
    exitCode: 0,
    document: run(1, { conservation: 'valid', 'one-per-buyer': 'skipped' }),
  };

  it('C.5 count how often each check failed, and name the seed', () => {
    const broken = { exitCode: 10, document: run(1, { conservation: 'invalid' }, 2) };
    const repeats = describeRepeats('rush', [valid, broken, valid]);
    expect(repeats.checks).toEqual([{ name: 'conservation', valid: 2, invalid: 1, undecided: 0 }]);
    expect(repeats.runs[1]).toMatchObject({ seed: 2, exitCode: 10, broken: ['conservation'] });
    expect(repeats.missedUpTo).toBeNull();
  });

  it('C.5 say how rare a violation may be that all of them missed; a run that is undecided saw nothing', () => {
    expect(rateMissedBy(10)).toBeCloseTo(0.2589, 4);
    const unknown = { exitCode: 12, document: run(1, { conservation: 'unknown' }) };
    expect(describeRepeats('rush', [valid, unknown]).missedUpTo).toBeCloseTo(0.95, 10);
    expect(describeRepeats('rush', [unknown]).missedUpTo).toBeNull();
  });
});
