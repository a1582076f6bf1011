import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { BenchPart } from '../context.ts';
import { type Servers, withServers } from '../kit/measure.ts';
import { readRssMiB } from '../kit/memory.ts';
import { ours } from '../kit/reserving.ts';
import { median } from '../kit/statistics.ts';
import { forScript } from '../load/test-bed.ts';
import type { Report } from '../report.ts';

const CONNECTIONS = 64;
/** More SKUs than a soak of hours gets through. */
const SKUS = 2_000;
/** Of 40,000 buyers who ask for each. */
const UNITS = 10_000;
const SAMPLES = 200;
const MIB = 2 ** 20;

interface Sample {
  minute: number;
  serverRss: number;
  serverHeap: number;
  generatorRss: number;
  generatorHeap: number;
}

/** Memory of server and generator over minutes, while buyers ask for one SKU after the other. */
export const soak: BenchPart = {
  name: 'soak',
  about: 'memory of server and load engine over time (--minutes N)',
  isDefault: false,
  run: async ({ openArena, minutes }) => {
    const arena = await openArena();
    return withServers(arena, ours('ours, all roles'), 1, async (servers) => {
      await stockAll(servers.database.pool);
      return soakFor(servers, minutes);
    });
  },
};

async function soakFor(servers: Servers, minutes: number): Promise<Report> {
  const { arena, origins, pids } = servers;
  const tokens = join(arena.folder, 'tokens.txt');
  const bare = arena.buyers.map(({ authorization }) => authorization.slice('Bearer '.length));
  writeFileSync(tokens, bare.join('\n'));
  const env = {
    ...{ BASE: origins[0] as string, TOKENS: tokens, CONNECTIONS: String(CONNECTIONS) },
    ...{ SECONDS: String(minutes * 60), SKUS: String(SKUS) },
  };
  const generator = fork(join(import.meta.dirname, 'load/ours.js'), ['bench/load/soak.ts'], {
    env: { ...process.env, ...forScript(env) },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let stdout = '';
  generator.stdout?.on('data', (text) => {
    stdout += text;
  });
  const ended = once(generator, 'close');
  const samples = await sampleUntilEnd(generator, {
    origin: origins[0] as string,
    pid: pids[0] as number,
    intervalMs: Math.max(1_000, (minutes * 60_000) / SAMPLES),
  });
  await ended;
  const { iterations, elapsedMs } = JSON.parse(stdout);
  return describe(samples, iterations, elapsedMs / 60_000);
}

async function sampleUntilEnd(
  generator: ChildProcess,
  server: { origin: string; pid: number; intervalMs: number },
): Promise<Sample[]> {
  const samples: Sample[] = [];
  const startedAt = performance.now();
  let generatorHeap: number | undefined;
  generator.on('message', ({ heapBytes }: { heapBytes: number }) => {
    generatorHeap = heapBytes / MIB;
  });
  while (generator.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, server.intervalMs));
    const generatorRss = readRssMiB(generator.pid as number);
    if (generatorHeap === undefined || generatorRss === undefined) continue;
    samples.push({
      minute: (performance.now() - startedAt) / 60_000,
      serverRss: readRssMiB(server.pid) ?? Number.NaN,
      serverHeap: await readHeapMiB(server.origin),
      generatorRss,
      generatorHeap,
    });
  }
  return samples;
}

function describe(samples: Sample[], requests: number, minutes: number): Report {
  const tenth = Math.max(1, Math.floor(samples.length / 10));
  // The first tenth is warming up; the second is compared with the last.
  const [early, late] = [samples.slice(tenth, 2 * tenth), samples.slice(-tenth)];
  const of = (some: Sample[], key: keyof Sample) => median(some.map((sample) => sample[key]));
  const line = (key: keyof Sample) =>
    samples.map((sample): [number, number] => [sample.minute, sample[key]]);
  const row = (name: string, key: keyof Sample) => [
    name,
    of(early, key),
    of(late, key),
    Math.max(...samples.map((sample) => sample[key])),
  ];
  return {
    tables: [
      {
        caption: `${requests.toLocaleString('en')} requests in ${minutes.toFixed(1)} minutes, ${CONNECTIONS} connections; MiB`,
        columns: ['memory', 'second tenth of the time', 'last tenth', 'highest'],
        rows: [
          row('server, resident', 'serverRss'),
          row('server, heap', 'serverHeap'),
          row('generator, resident', 'generatorRss'),
          row('generator, heap', 'generatorHeap'),
        ],
      },
    ],
    goals: [],
    charts: [
      {
        name: 'soak',
        title: `Memory over ${requests.toLocaleString('en')} requests, MiB`,
        xLabel: 'minutes',
        isLogarithmic: false,
        panels: [
          {
            title: 'server',
            lines: [
              { name: 'resident', points: line('serverRss') },
              { name: 'heap', points: line('serverHeap') },
            ],
          },
          {
            title: 'load engine',
            lines: [
              { name: 'resident', points: line('generatorRss') },
              { name: 'heap', points: line('generatorHeap') },
            ],
          },
        ],
      },
    ],
    notes: [],
  };
}

async function readHeapMiB(origin: string): Promise<number> {
  const page = await (await fetch(`${origin}/metrics`)).text();
  return Number(/^nodejs_heap_size_used_bytes(?:\{.*\})? (\S+)$/m.exec(page)?.[1]) / MIB;
}

async function stockAll(pool: Pool): Promise<void> {
  await pool.query(
    `WITH product AS (
       INSERT INTO products (sku_id, name, base_price, flash_sale_price, total_inventory, category)
       SELECT 'soak-' || n, 'Soak', 10, 5, $2, 'bench' FROM generate_series(0, $1::int - 1) AS n RETURNING sku_id)
     INSERT INTO inventory (sku_id, total_count, available_count) SELECT sku_id, $2, $2 FROM product`,
    [SKUS, UNITS],
  );
}
