import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readHistories } from '../../../src/merging/read-histories.ts';
import { seedOf } from '../oracle/random.ts';
import { buildPorcupine } from './ask-porcupine.ts';
import { type Compared, compare } from './compare.ts';
import { oracleHistory, type SharedHistory, simulatedHistory } from './histories.ts';

/**
 * Compares the judge with Porcupine, over simulated sales and the oracle's small histories, or over recorded histories of
 * reservations that are named. Exits with 1 when the two disagree.
 */
const { values, positionals: files } = parseArgs({
  allowPositionals: true,
  options: {
    sales: { type: 'string', default: '500' },
    histories: { type: 'string', default: '5000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const AT_ONCE = 250;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

interface Counts {
  all: number;
  illegal: number;
  foundByAnswers: number;
  found: number;
  unknown: number;
}
const byKind = new Map<string, Counts>();
let disagreements = 0;

const folder = mkdtempSync(join(tmpdir(), 'porcupine-'));
try {
  const program = join(folder, 'porcupine');
  await buildPorcupine(program);
  if (files.length > 0) await add(program, [await recorded(files)]);
  else await addMany(program, Number(values.seed));
} finally {
  rmSync(folder, { recursive: true });
}
for (const line of table()) say(line);
say(`${disagreements} disagreements`);
if (disagreements > 0) process.exitCode = 1;

async function recorded(paths: string[]): Promise<SharedHistory> {
  const evidence = await readHistories(paths);
  return { kind: 'recorded history', name: paths.join(' '), evidence, isPossible: false };
}

async function addMany(program: string, seed: number): Promise<void> {
  say(`${values.sales} sales and ${values.histories} small histories of seed ${seed}`);
  for (const [make, number] of [
    [simulatedHistory, Number(values.sales)],
    [oracleHistory, Number(values.histories)],
  ] as const) {
    for (let from = 0; from < number; from += AT_ONCE) {
      const places = Array.from({ length: Math.min(AT_ONCE, number - from) }, (_, at) => from + at);
      await add(
        program,
        places.flatMap((place) => make(seedOf(seed, place)) ?? []),
      );
    }
  }
}

async function add(program: string, histories: SharedHistory[]): Promise<void> {
  for (const compared of await compare(program, histories)) {
    count(compared);
    if (compared.disagreement === undefined) continue;
    disagreements += 1;
    say(compared.disagreement);
  }
}

function count({ history, opinion, foundByAnswers, found }: Compared): void {
  const counts = byKind.get(history.kind) ?? {
    ...{ all: 0, illegal: 0, foundByAnswers: 0, found: 0, unknown: 0 },
  };
  byKind.set(history.kind, counts);
  counts.all += 1;
  if (opinion === 'Unknown') counts.unknown += 1;
  if (opinion !== 'Illegal') return;
  counts.illegal += 1;
  if (foundByAnswers) counts.foundByAnswers += 1;
  if (found) counts.found += 1;
}

function table(): string[] {
  return [
    '| histories | all | Porcupine gave up | Illegal | of these invalid by answers | by all evidence |',
    '|---|---:|---:|---:|---:|---:|',
    ...[...byKind]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(
        ([kind, { all, unknown, illegal, foundByAnswers, found }]) =>
          `| ${kind} | ${all} | ${unknown} | ${illegal} | ${foundByAnswers} | ${found} |`,
      ),
  ];
}
