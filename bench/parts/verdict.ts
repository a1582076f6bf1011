import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SimulationOptions } from '../../src/simulation/world.ts';
import type { BenchPart } from '../context.ts';
import { type BigHistory, writeHistory } from '../kit/big-history.ts';
import { median } from '../kit/statistics.ts';
import type { Goal, Table } from '../report.ts';

type Sale = Omit<SimulationOptions, 'seed'>;

/** Two big sales: one in which nearly everybody is refused, and one with a big ledger. */
const SALES: Record<string, Sale> = {
  'a sale of 1,000 units': { buyers: 561_500, total: 1_000 },
  'a sale of 24,000 units': { buyers: 195_500, total: 24_000 },
};
const SECONDS_MAX = 6;
const MEGABYTES_MAX = 400;

/** Sales of about as many operations over more and more SKUs; the last ones have a ledger for each buyer. */
const BUYERS = [40_000, 400_000];
const SKUS = [1, 1_000, 100_000];
const UNITS = 10_000;

/** The other side of the ratio: a program that parses each line and keeps nothing. */
const PARSE_LINES = `
  const { createInterface } = await import('node:readline');
  const { createReadStream } = await import('node:fs');
  const lines = createInterface({ input: createReadStream(process.argv[1]) });
  lines.on('line', (line) => JSON.parse(line));
`;

/** Has a program tell at its end what it used. */
const TELL_USAGE = `data:text/javascript,process.on('exit',()=>console.error(JSON.stringify(process.resourceUsage())))`;

interface Usage {
  seconds: number;
  cpuSeconds: number;
  megabytes: number;
}

/** `flashsale-cli verify` on big histories, and beside it a program that only parses their lines. */
export const verdict: BenchPart = {
  name: 'verdict',
  about:
    'judging big histories, against a program that only parses their lines, over more and more SKUs',
  isDefault: false,
  async run({ rounds, scaled }) {
    const folder = mkdtempSync(join(tmpdir(), 'flashsale-bench-'));
    const path = join(folder, 'history.ndjson');
    const judge = async (sale: Sale) => {
      const history = await writeHistory(path, { ...sale, buyers: scaled(sale.buyers) });
      return { history, ...(await measure(path, rounds)) };
    };
    const big: Table['rows'] = [];
    const growing: Table['rows'] = [];
    const goals: Goal[] = [];
    try {
      for (const [name, sale] of Object.entries(SALES)) {
        const { history, verify, parse } = await judge(sale);
        const { seconds, cpuSeconds, megabytes } = verify;
        const ratio = `${(cpuSeconds / parse.cpuSeconds).toFixed(1)}×`;
        big.push([`${name}: ${describe(history)}`, seconds, cpuSeconds, megabytes, ratio]);
        goals.push(
          { name: `verdict on ${name}`, value: seconds, unit: ' s', atMost: SECONDS_MAX },
          { name: '… highest memory', value: megabytes, unit: ' MB', atMost: MEGABYTES_MAX },
        );
      }
      for (const buyers of BUYERS) {
        for (const skus of SKUS) {
          const { history, verify } = await judge(saleOver(skus, buyers));
          const { operations, rows } = history;
          const perLine = (verify.cpuSeconds / (2 * operations + rows)) * 1e6;
          const counts = [skus, operations, rows].map((count) => count.toLocaleString('en'));
          growing.push([...counts, verify.cpuSeconds, verify.megabytes, perLine]);
        }
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
    return { tables: [tableOf(big, rounds), growthOf(growing)], goals, charts: [], notes: [] };
  },
};

/** Metrics are left out: each scrape would have four numbers of each SKU. */
const saleOver = (skus: number, buyers: number): Sale => ({
  ...{ skus, buyers, isScraped: false },
  total: Math.max(1, UNITS / skus),
});

const describe = ({ operations, rows, megabytes }: BigHistory): string =>
  `${operations} operations, ${rows} ledger rows, ${megabytes.toFixed(0)} MB`;

const tableOf = (rows: Table['rows'], rounds: number): Table => ({
  caption: `Verdicts, medians of ${rounds} rounds`,
  columns: ['history', 'seconds', 'CPU seconds', 'highest MB', 'CPU ÷ parsing each line'],
  rows,
});

const growthOf = (rows: Table['rows']): Table => ({
  caption:
    'More operations, and more SKUs: a call, its answer and a row of the ledger are a line each',
  columns: ['SKUs', 'operations', 'ledger rows', 'CPU seconds', 'highest MB', 'CPU µs per line'],
  rows,
});

/** Judges and parses a history in turns; the medians of all rounds. */
async function measure(path: string, rounds: number): Promise<{ verify: Usage; parse: Usage }> {
  const verify: Usage[] = [];
  const parse: Usage[] = [];
  for (let round = 0; round < rounds; round++) {
    verify.push(await run(['dist/cli/main.js', 'verify', path, '--json']));
    parse.push(await run(['--input-type=module', '--eval', PARSE_LINES, path]));
  }
  return { verify: middleOf(verify), parse: middleOf(parse) };
}

const middleOf = (usages: Usage[]): Usage => {
  const middle = (of: keyof Usage): number => median(usages.map((usage) => usage[of]));
  return {
    seconds: middle('seconds'),
    cpuSeconds: middle('cpuSeconds'),
    megabytes: middle('megabytes'),
  };
};

const execute = promisify(execFile);

async function run(args: string[]): Promise<Usage> {
  const started = performance.now();
  // A verdict other than valid ends with another code, and is a verdict all the same.
  const { stderr } = await execute(process.execPath, ['--import', TELL_USAGE, ...args], {
    maxBuffer: 2 ** 26,
  }).catch((error: { stderr: string }) => error);
  const seconds = (performance.now() - started) / 1e3;
  const usage = JSON.parse(stderr.trim().split('\n').at(-1) as string);
  return {
    seconds,
    cpuSeconds: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
    megabytes: usage.maxRSS / 1024,
  };
}
