import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort } from '../../../src/stack/processes/free-port.ts';
import type { BenchPart } from '../../context.ts';
import { median } from '../../kit/statistics.ts';
import { bearerTokens, CONNECTIONS, forScript, OURS } from '../../load/test-bed.ts';

const SECONDS = 3;
const FIRST_RATE = 20_000;
const STEP = 1.2;
/** A rate is held if so many of the arrivals asked for were begun. */
const HELD_SHARE = 0.99;

/**
 * The highest rate of arrivals that the load engine holds with one worker and with two, against nginx, which answers from
 * memory. It needs three cores: one for the server, one for each worker.
 */
export const workers: BenchPart = {
  name: 'workers',
  about: 'the rate of arrivals that two workers hold, against one',
  isDefault: true,
  async run({ rounds }) {
    const nginx = findNginx();
    const goal = {
      name: 'two workers ÷ one worker, offered rate they hold',
      unit: '×',
      atLeast: 1.7,
    };
    if (nginx === undefined) {
      const notes = ['Workers: left out, no nginx on this machine.'];
      return { tables: [], goals: [{ ...goal, value: undefined }], charts: [], notes };
    }
    const held = await withNginx(nginx, async (env) => {
      const rates: Record<1 | 2, number[]> = { 1: [], 2: [] };
      for (let round = 0; round < rounds; round += 1) {
        for (const count of [1, 2] as const) rates[count].push(await highestRate(count, env));
      }
      return rates;
    });
    const cores = cpus().length;
    return {
      tables: [
        {
          caption: `Highest rate of arrivals of which ${HELD_SHARE * 100} % were begun, ${SECONDS} s each, medians of ${rounds} searches`,
          columns: ['workers', 'arrivals per second'],
          rows: [
            ['1', median(held[1])],
            ['2', median(held[2])],
          ],
        },
      ],
      goals: [
        { ...goal, value: median(held[2].map((rate, round) => rate / (held[1][round] as number))) },
      ],
      charts: [],
      notes:
        cores > 2
          ? []
          : [
              `With ${cores} cores the server takes its time from the workers, so two cannot hold twice the rate here.`,
            ],
    };
  },
};

async function highestRate(workers: number, env: Record<string, string>): Promise<number> {
  const isHeld = async (rate: number) =>
    (await begunAt(Math.round(rate), workers, env)) >= HELD_SHARE * Math.round(rate);
  let rate = FIRST_RATE;
  if (await isHeld(rate)) {
    while (await isHeld(rate * STEP)) rate *= STEP;
  } else {
    do rate /= STEP;
    while (!(await isHeld(rate)));
  }
  return Math.round(rate);
}

/** Arrivals that were begun per second. */
async function begunAt(
  rate: number,
  workers: number,
  env: Record<string, string>,
): Promise<number> {
  const [program, ...args] = OURS as [string, ...string[]];
  const child = spawn(program, args, {
    env: {
      ...process.env,
      ...forScript({
        ...env,
        ...{ RATE: String(rate), SECONDS: String(SECONDS), WORKERS: String(workers) },
      }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  await once(child, 'close');
  return JSON.parse(stdout).iterations / SECONDS;
}

async function withNginx<T>(
  nginx: string,
  work: (env: Record<string, string>) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'flashsale-bench-'));
  const port = await findFreePort();
  const tokens = join(folder, 'tokens.txt');
  writeFileSync(tokens, bearerTokens(10_000).join('\n'));
  writeFileSync(join(folder, 'nginx.conf'), configOf(port));
  const server = spawn(nginx, ['-p', folder, '-e', 'stderr', '-c', 'nginx.conf'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    const base = `http://127.0.0.1:${port}`;
    await untilAnswering(base);
    return await work({ BASE: base, TOKENS: tokens, CONNECTIONS: String(CONNECTIONS) });
  } finally {
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true });
  }
}

const configOf = (port: number): string => `
daemon off;
pid nginx.pid;
worker_processes 1;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {
    listen 127.0.0.1:${port};
    default_type application/json;
    location / { return 201 '{"reservationId":"hold-1","skuId":"LAMP","sequence":7}'; }
  }
}
`;

async function untilAnswering(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await fetch(url).then(Boolean, () => false)) return;
    await delay(50);
  }
  throw new Error('nginx does not answer');
}

function findNginx(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, 'nginx')).find((path) => existsSync(path));
}
