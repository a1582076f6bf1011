import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BenchPart } from '../context.ts';
import { median } from '../kit/statistics.ts';

const TIMES = 5;

/** The moments of a start, in their order. */
const MOMENTS = ['process', 'services', 'servers', 'campaign', 'first buyer'] as const;
type Moment = (typeof MOMENTS)[number];

const MEANINGS: Record<Moment, string> = {
  process: 'Node starts, reads the command line and loads the script',
  services: 'a PostgreSQL is made and started',
  servers: 'the database is migrated, the server listens and is ready',
  campaign: 'SKUs are put on sale, buyers get their tokens',
  'first buyer': 'the first call is sent',
};

/** From Enter to the first buyer of `run rush`, with everything started here, and where the time goes. */
export const firstBuyer: BenchPart = {
  name: 'first-buyer',
  about: 'from Enter to the first buyer of `run rush`, and where the time goes',
  isDefault: true,
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'flashsale-bench-'));
    // Root runs PostgreSQL as another user, who must be able to pass.
    chmodSync(folder, 0o711);
    const runs: Record<Moment, number>[] = [];
    let first: Record<Moment, number>;
    try {
      // The first run in a folder for temporary files makes things that later runs find.
      first = await timeOneRun(folder);
      for (let time = 0; time < TIMES; time += 1) runs.push(await timeOneRun(folder));
    } finally {
      rmSync(folder, { recursive: true, maxRetries: 5 });
    }
    const at = (moment: Moment) => median(runs.map((run) => run[moment]));
    const rows = MOMENTS.map((moment, index) => {
      const before = MOMENTS[index - 1];
      const took = runs.map((run) => run[moment] - (before ? run[before] : 0));
      return [moment, MEANINGS[moment], median(took) / 1_000, at(moment) / 1_000];
    });
    return {
      tables: [
        {
          caption: `\`run rush\`, medians of ${TIMES} runs`,
          columns: ['part', 'in it', 'takes s', 'ends after s'],
          rows,
        },
      ],
      goals: [
        {
          name: 'from Enter to the first buyer (`run rush`, everything started here)',
          value: at('first buyer') / 1_000,
          unit: ' s',
          atMost: 2.5,
        },
      ],
      charts: [],
      notes: [
        `The very first run on a machine: ${(first['first buyer'] / 1_000).toFixed(2)} s to the first buyer.`,
      ],
    };
  },
};

/** Runs `rush` once. Answers with the milliseconds from its start to each moment. */
async function timeOneRun(folder: string): Promise<Record<Moment, number>> {
  const history = join(folder, 'history.ndjson');
  const startedAtMs = Date.now();
  const child = spawn(
    process.execPath,
    ['dist/cli/main.js', 'run', 'rush', '--ui', 'plain', '--history', history],
    { env: { ...process.env, TMPDIR: folder }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const lines: string[] = [];
  const seen = new Map<string, number>();
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    const phase = /^(stack|seed): (done)?/.exec(line);
    if (phase === null) return;
    const key = `${phase[1]}${phase[2] ? ' done' : ''}`;
    if (!seen.has(key)) seen.set(key, Date.now());
  });
  const ended = once(child, 'exit');
  const servicesAtMs = await watchPostgres(folder, child);
  const [code] = await ended;
  const stackAtMs = seen.get('stack');
  const stackDoneAtMs = seen.get('stack done');
  const seedDoneAtMs = seen.get('seed done');
  if (
    [stackAtMs, stackDoneAtMs, seedDoneAtMs, servicesAtMs].includes(undefined) ||
    !existsSync(history)
  ) {
    throw new Error(`run rush ended with ${code}:\n${lines.join('\n')}`);
  }
  const after = (atMs: number | undefined) => (atMs as number) - startedAtMs;
  return {
    process: after(stackAtMs),
    services: after(servicesAtMs),
    servers: after(stackDoneAtMs),
    campaign: after(seedDoneAtMs),
    'first buyer': after(firstCallAtMs(history)),
  };
}

/** The moment at which the log of the run's PostgreSQL says that it is ready. */
async function watchPostgres(
  folder: string,
  child: ReturnType<typeof spawn>,
): Promise<number | undefined> {
  while (child.exitCode === null) {
    const logs = readdirSync(folder).map((name) => join(folder, name, 'postgresql.log'));
    if (logs.some((log) => existsSync(log) && isReady(readFileSync(log, 'utf8')))) {
      return Date.now();
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return undefined;
}

const isReady = (log: string): boolean => log.includes('ready to accept connections');

/** The time of the first call in a history. */
function firstCallAtMs(history: string): number {
  const lines = readFileSync(history, 'utf8').split('\n');
  const sale = JSON.parse(lines[0] as string) as { startedAtMs: number; startedAtNs: number };
  const invoke = lines.find((line) => line.startsWith('{"type":"invoke"'));
  const { at } = JSON.parse(invoke as string) as { at: number };
  return sale.startedAtMs + (at - sale.startedAtNs) / 1e6;
}
