import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { recordSale } from '../../src/simulation/record-sale.ts';
import { simulateSale } from '../../src/simulation/simulate-sale.ts';
import type { SimulationOptions } from '../../src/simulation/world.ts';
import type { BenchPart } from '../context.ts';
import { median } from '../kit/statistics.ts';
import type { Table } from '../report.ts';

/** Two big sales: one in which nearly everybody is refused, and one with a big ledger. */
const SALES: Record<string, Pick<SimulationOptions, 'buyers' | 'total'>> = {
  'a sale of 1,000 units': { buyers: 561_500, total: 1_000 },
  'a sale of 24,000 units': { buyers: 195_500, total: 24_000 },
};

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
  rssMB: number;
}

/** `flashsale-cli verify` on big histories, and beside it a program that only parses their lines. */
export const verdict: BenchPart = {
  name: 'verdict',
  about: 'judging big histories, against a program that only parses their lines',
  isDefault: false,
  async run({ rounds }) {
    const folder = mkdtempSync(join(tmpdir(), 'flashsale-bench-'));
    const rows: Table['rows'] = [];
    try {
      for (const [name, options] of Object.entries(SALES)) {
        const path = join(folder, 'history.ndjson');
        const size = await writeHistory(path, options);
        const verify: Usage[] = [];
        const parse: Usage[] = [];
        for (let round = 0; round < rounds; round++) {
          verify.push(await run(['dist/cli/main.js', 'verify', path, '--json']));
          parse.push(await run(['--input-type=module', '--eval', PARSE_LINES, path]));
        }
        const middle = (usages: Usage[], of: keyof Usage): number =>
          median(usages.map((usage) => usage[of]));
        const ratio = middle(verify, 'cpuSeconds') / middle(parse, 'cpuSeconds');
        rows.push([
          `${name}: ${size}`,
          ...(['seconds', 'cpuSeconds', 'rssMB'] as const).map((of) => middle(verify, of)),
          `${ratio.toFixed(1)}×`,
        ]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
    const columns = ['history', 'seconds', 'CPU seconds', 'highest MB', 'CPU ÷ parsing each line'];
    const caption = `Verdicts, medians of ${rounds} rounds`;
    return { tables: [{ caption, columns, rows }], goals: [], charts: [], notes: [] };
  },
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
    rssMB: usage.maxRSS / 1024,
  };
}

/** Records a simulated sale, as a run does with a real one, and describes the file. */
async function writeHistory(
  path: string,
  options: Pick<SimulationOptions, 'buyers' | 'total'>,
): Promise<string> {
  const { evidence } = simulateSale({
    ...{ seed: 1, arrivalRate: 50_000, lossRate: 0.01, instances: 2 },
    ...options,
  });
  const { operations, ledger } = evidence;
  const rows = Object.values(ledger ?? {}).reduce((sum, list) => sum + list.length, 0);
  await recordSale(path, evidence);
  const mb = statSync(path).size / 2 ** 20;
  return `${operations.length} operations, ${rows} ledger rows, ${mb.toFixed(0)} MB`;
}
