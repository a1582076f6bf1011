import type { Pool } from 'pg';
import { type ClosedLoopResult, closedLoop, median } from './closed-loop.ts';
import { authorizeBuyers, type Contestant, startContestant } from './contestant.ts';
import { stockSku } from './stock-sku.ts';

const CONTESTANTS: Contestant[] = [
  {
    name: 'stock Express, string secret, FOR UPDATE',
    script: 'servers/stock-express.js',
    env: { SECRET_AS: 'string' },
    requests: 2_000,
  },
  {
    name: 'stock Express + FOR UPDATE',
    script: 'servers/stock-express.js',
    env: { SECRET_AS: 'key' },
    requests: 3_000,
  },
  {
    name: 'ours, pessimistic',
    script: 'servers/ours.js',
    env: { STRATEGY: 'pessimistic' },
    requests: 3_000,
  },
  {
    name: 'ours, conditional',
    script: 'servers/ours.js',
    env: { STRATEGY: 'conditional' },
    requests: 8_000,
  },
  {
    name: 'ours, batched',
    script: 'servers/ours.js',
    env: { STRATEGY: 'batched' },
    requests: 40_000,
  },
  {
    name: 'ours, storing nothing',
    script: 'servers/ours.js',
    env: { STRATEGY: 'batched', STORE: 'nothing' },
    requests: 40_000,
  },
];

/**
 * Measures reservations per second over HTTP with a JWT, on one hot SKU with stock for all. Every request comes from another
 * user. All servers are measured in turn in each round, so that a disturbance hits all of them. A first round, which is not
 * counted, warms the code and the cache of verified tokens, like a buyer who has opened the product page before.
 */
export async function benchHttp(pool: Pool, databaseUrl: string, rounds: number): Promise<void> {
  const usersMax = Math.max(...CONTESTANTS.map((contestant) => contestant.requests));
  const authorizations = await authorizeBuyers(pool, usersMax);

  const servers = await Promise.all(
    CONTESTANTS.map((contestant) => startContestant(contestant, { DATABASE_URL: databaseUrl })),
  );
  try {
    for (const connections of [64, 256]) {
      const results = new Map<string, ClosedLoopResult[]>();
      for (let round = 0; round <= rounds; round += 1) {
        for (const [index, contestant] of CONTESTANTS.entries()) {
          const skuId = await stockSku(pool, usersMax);
          const body = JSON.stringify({ skuId, quantity: 1 });
          const result = await closedLoop(
            servers[index]?.origin as string,
            connections,
            authorizations.slice(0, contestant.requests).map((authorization) => ({
              path: '/api/v1/reservations',
              headers: { authorization, 'content-type': 'application/json' },
              body,
            })),
          );
          if (result.statuses[201] !== contestant.requests) {
            throw new Error(`${contestant.name} answered ${JSON.stringify(result.statuses)}`);
          }
          if (round > 0) {
            results.set(contestant.name, [...(results.get(contestant.name) ?? []), result]);
          }
        }
      }
      print(connections, rounds, results);
    }
  } finally {
    for (const { child } of servers) child.disconnect();
  }
}

function print(
  connections: number,
  rounds: number,
  results: Map<string, ClosedLoopResult[]>,
): void {
  console.log(
    `\nHTTP, ${connections} connections, medians of ${rounds} rounds (reservations/s; ratio over "stock Express + FOR UPDATE")\n`,
  );
  const rate = (name: string) =>
    median((results.get(name) ?? []).map((result) => result.requestsPerSecond));
  const base = rate('stock Express + FOR UPDATE');
  console.log('| server | per second | ratio | p50 ms | p95 ms | p99 ms |');
  console.log('|---|---|---|---|---|---|');
  for (const [name, runs] of results) {
    const ms = (pick: (run: ClosedLoopResult) => number) => median(runs.map(pick)).toFixed(1);
    console.log(
      `| ${name} | ${Math.round(rate(name))} | ${(rate(name) / base).toFixed(1)}× | ${ms((r) => r.p50Ms)} | ${ms((r) => r.p95Ms)} | ${ms((r) => r.p99Ms)} |`,
    );
  }
  const share = rate('ours, batched') / rate('ours, storing nothing');
  console.log(`\nbatched ÷ storing nothing: ${share.toFixed(2)}`);
}
