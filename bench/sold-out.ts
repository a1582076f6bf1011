import type { Pool } from 'pg';
import { connectRedis, loadScript } from '../server/platform/redis.ts';
import { createAdmission } from '../server/stock/admission/index.ts';
import { admittedKey, buyerKeys, stockKey } from '../server/stock/admission/keys.ts';
import type { HoldRequest } from '../server/stock/ledger.ts';
import { systemClock } from '../src/kernel/clock.ts';
import { newId } from '../src/kernel/ids.ts';
import { type ClosedLoopResult, closedLoop, median } from './closed-loop.ts';
import { authorizeBuyers, type Contestant, startContestant } from './contestant.ts';
import { stockSku } from './stock-sku.ts';

const REQUESTS = 10_000;
const CONNECTIONS = 64;

/** Rounds are short and many, because the speed of a shared machine changes within a long round. */
const ROUNDS_PER_ROUND = 5;

const empty = (name: string, stack: string): Contestant => ({
  name: `an empty route, ${name}`,
  script: 'servers/empty-route.js',
  env: { STACK: stack },
  requests: REQUESTS,
});
const WHOLE = empty('with token, schema, request id and metrics', 'whole');
const BARE = empty('which does not read the request', 'bare');

/** The reference server as an API instance. A deployment runs sweeper and events in processes of their own. */
const ours = (admission: string): Contestant => ({
  name: `sold out, ADMISSION=${admission}`,
  script: 'servers/ours.js',
  env: { ADMISSION: admission, ROLES: 'api' },
  requests: REQUESTS,
});

/**
 * Measures how fast buyers are refused once nothing is left, compared with two empty routes of the same Express: one behind
 * the whole middleware of the API, and one that does not read the request. Every request comes from another user. The
 * servers take turns, and the ratios are medians of the ratios within a round. Rounds before the first counted one warm
 * the code and the cache of verified tokens.
 */
export async function benchSoldOut(
  pool: Pool,
  databaseUrl: string,
  redisUrl: string | undefined,
  rounds: number,
): Promise<void> {
  const contestants = [WHOLE, BARE, ours('none'), ours('memory')];
  if (redisUrl !== undefined) contestants.push(ours('redis'));
  const authorizations = await authorizeBuyers(pool, REQUESTS);
  const env = { DATABASE_URL: databaseUrl, ...(redisUrl !== undefined && { REDIS_URL: redisUrl }) };
  const servers = await Promise.all(
    contestants.map(async (contestant) => ({
      contestant,
      runs: [] as ClosedLoopResult[],
      ...(await startContestant(contestant, env)),
    })),
  );
  const body = JSON.stringify({ skuId: await stockSku(pool, 0), quantity: 1 });
  const requests = authorizations.map((authorization) => ({
    path: '/api/v1/reservations',
    headers: { authorization, 'content-type': 'application/json' },
    body,
  }));
  try {
    const counted = rounds * ROUNDS_PER_ROUND;
    for (let round = -ROUNDS_PER_ROUND; round < counted; round += 1) {
      for (const { contestant, origin, runs } of servers) {
        const run = await closedLoop(origin, CONNECTIONS, requests);
        const expected = contestant === WHOLE || contestant === BARE ? 200 : 400;
        if (run.statuses[expected] !== REQUESTS) {
          throw new Error(`${contestant.name} answered ${JSON.stringify(run.statuses)}`);
        }
        if (round >= 0) runs.push(run);
      }
    }
  } finally {
    for (const { child } of servers) child.disconnect();
  }

  const [whole = [], bare = []] = servers.map(({ runs }) => runs);
  const middle = (
    runs: ClosedLoopResult[],
    pick: (run: ClosedLoopResult, round: number) => number,
  ) => median(runs.map(pick));
  const ratio = (runs: ClosedLoopResult[], base: ClosedLoopResult[]) =>
    middle(
      runs,
      (run, round) => run.requestsPerSecond / (base[round]?.requestsPerSecond ?? Number.NaN),
    ).toFixed(2);
  console.log(
    `\nSold out, HTTP, ${CONNECTIONS} connections, medians of ${whole.length} rounds of ${REQUESTS} requests\n`,
  );
  console.log('| server | per second | ÷ empty route | ÷ not reading | p50 ms | p99 ms |');
  console.log('|---|---|---|---|---|---|');
  for (const { contestant, runs } of servers) {
    const cells = [
      contestant.name,
      Math.round(middle(runs, (run) => run.requestsPerSecond)),
      ratio(runs, whole),
      ratio(runs, bare),
      middle(runs, (run) => run.p50Ms).toFixed(1),
      middle(runs, (run) => run.p99Ms).toFixed(1),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

const CALLERS = 200;
const ADMISSIONS = 60_000;

/** Measures admissions per second in Redis: one script call per batch of buyers, as in the filter, and one call per buyer. */
export async function benchAdmissions(pool: Pool, redisUrl: string, rounds: number): Promise<void> {
  const redis = await connectRedis({ url: redisUrl });
  const admission = createAdmission({
    name: 'redis',
    pool,
    redis,
    clock: systemClock,
    observe: () => {},
  });
  const script = loadScript<string[]>(redis, 'server', 'stock', 'admission', 'admit.lua');
  const byOne = ({ skuId, userId, holdId, quantity }: HoldRequest) =>
    script(
      [stockKey(skuId), admittedKey(skuId), ...buyerKeys(userId, skuId)],
      [300, holdId, quantity],
    );
  const rates = { batched: [] as number[], byOne: [] as number[] };
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, admit] of [
      ['byOne', byOne],
      ['batched', admission.admit],
    ] as const) {
      const skuId = await stockSku(pool, ADMISSIONS);
      await redis.client.set(stockKey(skuId), ADMISSIONS);
      const rate = await admitAll(skuId, async (request) => void (await admit(request)));
      if (Number(await redis.client.get(stockKey(skuId))) !== 0) {
        throw new Error(`${name} did not admit everybody`);
      }
      if (round > 0) rates[name].push(rate);
    }
  }
  await redis.close();
  const [batched, single] = [median(rates.batched), median(rates.byOne)];
  console.log(`\nAdmissions per second in Redis, ${CALLERS} callers, medians of ${rounds} rounds`);
  console.log(
    `batched ${Math.round(batched)} ÷ one call per buyer ${Math.round(single)} = ${(batched / single).toFixed(1)}×`,
  );
}

async function admitAll(
  skuId: string,
  admit: (request: HoldRequest) => Promise<void>,
): Promise<number> {
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      while (next < ADMISSIONS) {
        next += 1;
        await admit({ holdId: newId(), userId: newId(), skuId, quantity: 1 });
      }
    }),
  );
  return ADMISSIONS / ((performance.now() - startedAt) / 1000);
}
