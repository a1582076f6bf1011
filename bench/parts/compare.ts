import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { FIGURES } from '../../src/comparison/figures.ts';
import { type Decision, estimateRatio } from '../../src/comparison/paired-ratio.ts';
import { createRandom } from '../../src/kernel/random.ts';
import type { RunDocument } from '../../src/report/run-document.ts';
import type { BenchPart } from '../context.ts';

/** Runs of one and the same server, of which trials are made. */
const RUNS = 40;
const TRIALS = 2_000;
const PAIRS = 10;
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
      return {
        label: FIGURES[name].label,
        equal: decide(values, 1),
        slower: decide(values, SLOWER),
      };
    });
    const columns = ['figure', 'equal: false alarms', 'equal: same', 'a tenth more: found'];
    const rows = figures.map(({ label, equal, slower }) => [
      label,
      percent(equal.higher + equal.lower),
      percent(equal.same),
      percent(slower.higher),
    ]);
    const caption = `${TRIALS} trials of ${PAIRS} pairs each, from ${count} runs of \`run rush\``;
    return {
      tables: [{ caption, columns, rows }],
      goals: [
        {
          name: 'false alarms of `compare` between equal servers (median latency)',
          value:
            (((figures[0]?.equal.higher ?? 0) + (figures[0]?.equal.lower ?? 0)) / TRIALS) * 100,
          unit: ' %',
          atMost: 1,
        },
        {
          name: 'slowdowns of a tenth that `compare` finds within ten pairs (CPU of the server)',
          value: ((figures.at(-1)?.slower.higher ?? 0) / TRIALS) * 100,
          unit: ' %',
          atLeast: 95,
        },
      ],
      ...{ charts: [], notes: [] },
    };
  },
};

const percent = (trials: number): string => `${((trials / TRIALS) * 100).toFixed(1)} %`;

/** Decisions over trials whose pairs are runs that were made one after the other. */
function decide(values: number[], slowdown: number): Record<Decision, number> {
  const random = createRandom(1);
  const decisions = { higher: 0, lower: 0, same: 0, unknown: 0 };
  for (let trial = 0; trial < TRIALS; trial++) {
    const pairs = Array.from({ length: PAIRS }, (): [number, number] => {
      const at = Math.floor(random() * (values.length - 1));
      const pair = [values[at] as number, values[at + 1] as number];
      if (random() < 0.5) pair.reverse();
      return [pair[0] as number, (pair[1] as number) * slowdown];
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
