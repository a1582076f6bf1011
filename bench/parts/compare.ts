import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { FIGURES } from '../../src/comparison/figures.ts';
import { orderOfRuns } from '../../src/comparison/order-of-runs.ts';
import { pairValues } from '../../src/comparison/pair-values.ts';
import { type Decision, estimateRatio } from '../../src/comparison/paired-ratio.ts';
import { createRandom } from '../../src/kernel/random.ts';
import type { RunDocument } from '../../src/report/run-document.ts';
import type { BenchPart } from '../context.ts';

/** Runs of one and the same server, of which trials are made. */
const RUNS = 40;
const TRIALS = 2_000;
const PAIRS = 10;
/** Runs of each side in a pair: one, and as `compare` has it. */
const RUNS_PER_PAIR = [1, 2];
const OPTIONS = { confidence: 0.99, margin: 0.05 };
const SLOWER = 1.1;

/**
 * How often `compare` is wrong. Real runs of one server are paired by chance, thousands of times: every "faster" and
 * "slower" among them is a false alarm. In the second row one side of each pair is a tenth slower.
 */
export const compare: BenchPart = {
  name: 'compare',
  about:
    'false alarms of `compare` between runs of one server, and slowdowns of a tenth that it finds',
  isDefault: false,
  async run({ scaled }) {
    const runs: RunDocument[] = [];
    const count = Math.max(scaled(RUNS), PAIRS);
    for (let seed = 1; seed <= count; seed++) runs.push(await runOnce(seed));
    const figures = (['med', 'p95', 'throughput', 'cpu'] as const).map((name) => {
      const values = runs.flatMap((run) => FIGURES[name].read(run) ?? []);
      return { label: FIGURES[name].label, values, trials: RUNS_PER_PAIR.map(trialsOf(values)) };
    });
    const columns = RUNS_PER_PAIR.flatMap((per) => {
      const order = per === 1 ? 'A B' : 'A B B A';
      return [`${order}: false alarms`, `${order}: same`, `${order}: a tenth found`];
    });
    const rows = figures.map(({ label, trials }) => [
      label,
      ...trials.flatMap(({ equal, slower }) => [
        percent(equal.higher + equal.lower),
        percent(equal.same),
        percent(slower.higher),
      ]),
    ]);
    const caption = `${TRIALS} trials of ${PAIRS} pairs each, from ${count} runs of \`run rush\``;
    const decides = figures.find(
      ({ label }) => label === FIGURES.throughput.label,
    ) as (typeof figures)[number];
    const { equal, slower } = decides.trials.at(-1) as Trials;
    return {
      tables: [{ caption, columns: ['figure', ...columns], rows }],
      goals: [
        {
          name: 'false alarms of `compare` between equal servers (answers per second)',
          value: ((equal.higher + equal.lower) / TRIALS) * 100,
          unit: ' %',
          atMost: 1,
        },
        {
          name: 'slowdowns of a tenth that `compare` finds within ten pairs (answers per second)',
          value: (slower.higher / TRIALS) * 100,
          unit: ' %',
          atLeast: 95,
        },
      ],
      charts: [],
      notes: figures.map(
        ({ label, values }) =>
          `The runs in their order, ${label}: ${values.map((value) => value.toPrecision(4)).join(' ')}.`,
      ),
    };
  },
};

/** Decisions of one kind of pairs. */
interface Trials {
  equal: Record<Decision, number>;
  slower: Record<Decision, number>;
}

const trialsOf =
  (values: number[]) =>
  (runsPerPair: number): Trials => ({
    equal: decide(values, runsPerPair, 1),
    slower: decide(values, runsPerPair, SLOWER),
  });

const percent = (trials: number): string => `${((trials / TRIALS) * 100).toFixed(1)} %`;

/** Decisions over trials whose pairs are runs that were made one after the other, in the order of `compare`. */
function decide(values: number[], runsPerPair: number, slowdown: number): Record<Decision, number> {
  const random = createRandom(1);
  const decisions = { higher: 0, lower: 0, same: 0, unknown: 0 };
  for (let trial = 0; trial < TRIALS; trial++) {
    const pairs = Array.from({ length: PAIRS }, (_, pair): [number, number] => {
      const at = Math.floor(random() * (values.length - 2 * runsPerPair + 1));
      const sides: [number[], number[]] = [[], []];
      for (const [step, { place }] of orderOfRuns(2, pair + 1, runsPerPair).entries()) {
        sides[place as 0 | 1].push(values[at + step] as number);
      }
      const [[first], [second]] = sides.map((side) => pairValues(side, runsPerPair)) as [
        [number],
        [number],
      ];
      return [first, second * slowdown];
    });
    decisions[estimateRatio(pairs, OPTIONS).decision] += 1;
  }
  return decisions;
}

async function runOnce(seed: number): Promise<RunDocument> {
  const args = ['run', 'rush', '--seed', String(seed), '--json', '--ui', 'none'];
  const child = spawn(process.execPath, ['dist/cli/main.js', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [document] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return JSON.parse(document) as RunDocument;
}
