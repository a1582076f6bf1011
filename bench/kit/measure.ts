import type { Arena, Database } from './arena.ts';
import { type ClosedLoopResult, closedLoop, type Send } from './closed-loop.ts';
import { type Buyer, type Contestant, type RunningServer, startServer } from './contestant.ts';
import { addSpent, createCpuMeter, type Spent } from './cpu.ts';
import { readEventCounts, untilDelivered } from './delivered.ts';
import { median } from './statistics.ts';
import { stockSku } from './stock-sku.ts';

/** One measurement of a server: what buyers saw, and what it cost. */
export interface Round extends ClosedLoopResult {
  count: number;
  /** From the first request to the last answer. */
  sale: Spent<Part>;
  /** From there until every event has been delivered to every group. Next to nothing for a server that delivers none. */
  delivery: Spent<Part>;
  /** Both. */
  all: Spent<Part>;
}

type Part = 'server' | 'postgres' | 'redis';

export type Journey = (send: Send, buyer: Buyer, index: number) => Promise<unknown>;

export interface Plan {
  connections: number;
  /** Journeys of a round. */
  count: number;
  /** Rounds before the ones that count, and their journeys: they warm the code. */
  warmUp: number;
  rounds: number;
  /** Server processes that share the database. */
  instances?: number;
  /** True if the server delivers events, and the consumers have to get this many of a group's. */
  delivers?: { group: string; eventsPerJourney: number };
  /** True if the server remembers buyers. It sees each of them once before, as one who opened the page of the product. */
  greets: boolean;
  /** The answers that a round must get, by status. */
  answers: Record<number, number>;
  /** Prepares a round of so many journeys, and resolves to what each buyer does. */
  prepare(database: Database, origin: string, count: number): Promise<Journey>;
}

/**
 * Measures a server on a database of its own. Every round ends when its last event has been delivered, so none is measured
 * while the round before goes on.
 */
export const measure = (arena: Arena, contestant: Contestant, plan: Plan): Promise<Round[]> =>
  withServers(arena, contestant, plan.instances ?? 1, (servers) => runRounds(servers, plan));

export interface Entry {
  contestant: Contestant;
  plan: Omit<Plan, 'rounds'>;
}

/** Measures servers in turns, a round each, so that a disturbance hits all of them. */
export async function measureInTurns(
  arena: Arena,
  entries: Entry[],
  rounds: number,
): Promise<Map<Entry, Round[]>> {
  const runs = new Map<Entry, Round[]>(entries.map((entry) => [entry, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [{ contestant, plan }, done] of runs) {
      done.push(...(await measure(arena, contestant, { ...plan, rounds: 1 })));
    }
  }
  return runs;
}

/** The median of the ratios within each round, because noise in a round slows both sides down. */
export const pairedRatio = (
  own: Round[],
  theirs: Round[],
  of: (round: Round) => number = (round) => round.perSecond,
): number => median(own.map((round, index) => of(round) / of(theirs[index] as Round)));

/** Servers under measurement, with the database they share. */
export interface Servers {
  arena: Arena;
  contestant: Contestant;
  database: Database;
  origins: string[];
  pids: number[];
  meter: ReturnType<typeof createCpuMeter<Part>>;
}

/** Starts instances of a server on a fresh database for `work`, and stops them. */
export async function withServers<T>(
  arena: Arena,
  contestant: Contestant,
  instances: number,
  work: (servers: Servers) => Promise<T>,
): Promise<T> {
  const redis = contestant.usesRedis ? await arena.redis() : undefined;
  return arena.withDatabase(async (database) => {
    const servers: RunningServer[] = [];
    try {
      for (let instance = 1; instance <= instances; instance += 1) {
        const env = { DATABASE_URL: database.url, INSTANCE: `bench-${instance}` };
        servers.push(await startServer(contestant, redis ? { ...env, REDIS_URL: redis.url } : env));
      }
      const pids = servers.map(({ pid }) => pid);
      const meter = createCpuMeter({
        server: pids,
        postgres: [arena.postgresPid()],
        redis: [redis?.pid()],
      });
      const origins = servers.map(({ origin }) => origin);
      return await work({ arena, contestant, database, origins, pids, meter });
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
  });
}

export async function runRounds(servers: Servers, plan: Plan): Promise<Round[]> {
  const { scaled } = servers.arena;
  if (plan.greets) await greet(servers, scaled(plan.count));
  if (plan.warmUp > 0) await runRound(servers, plan, scaled(plan.warmUp));
  const rounds: Round[] = [];
  while (rounds.length < plan.rounds)
    rounds.push(await runRound(servers, plan, scaled(plan.count)));
  return rounds;
}

/** Refuses every buyer once, because something is sold out. */
async function greet(servers: Servers, buyers: number): Promise<void> {
  const soldOut = await stockSku(servers.database.pool, 0);
  await loop(servers, 64, buyers, reserve(soldOut));
}

async function runRound(servers: Servers, plan: Plan, count: number): Promise<Round> {
  const { database, origins, meter, contestant } = servers;
  const journey = await plan.prepare(database, origins[0] as string, count);
  const handledBefore = await countHandled(origins, plan);
  // Pages that the rounds before have changed are written now, and not while this one is measured.
  await database.pool.query('CHECKPOINT');
  meter.lap();
  const result = await loop(servers, plan.connections, count, journey);
  const sale = meter.lap();
  if (plan.delivers) await untilDelivered(origins[0] as string, meter.used);
  const delivery = meter.lap();

  for (const [status, perJourney] of Object.entries(plan.answers)) {
    if (result.statuses[Number(status)] !== count * perJourney) {
      throw new Error(`${contestant.name} answered ${JSON.stringify(result.statuses)}`);
    }
  }
  const handled = (await countHandled(origins, plan)) - handledBefore;
  const expected = count * (plan.delivers?.eventsPerJourney ?? 0);
  if (handled !== expected) {
    throw new Error(`${contestant.name} delivered ${handled} events instead of ${expected}`);
  }
  return { ...result, count, sale, delivery, all: addSpent(sale, delivery) };
}

function loop({ arena, origins }: Servers, connections: number, count: number, journey: Journey) {
  const { buyers } = arena;
  return closedLoop(origins, connections, count, (send, index) =>
    journey(send, buyers[index % buyers.length] as Buyer, index),
  );
}

async function countHandled(origins: string[], { delivers }: Plan): Promise<number> {
  if (delivers === undefined) return 0;
  const counts = await Promise.all(origins.map(readEventCounts));
  return counts.reduce((sum, { handled }) => sum + (handled[delivers.group] ?? 0), 0);
}

export const reserve =
  (skuId: string): Journey =>
  (send, buyer) =>
    send({
      path: '/api/v1/reservations',
      headers: { authorization: buyer.authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ skuId, quantity: 1 }),
    });

/** CPU seconds per 100,000 journeys, of server and database, or of one of them. */
export const cpuPer100k = (
  { count }: Round,
  { cpu }: Spent<Part>,
  part: 'generator' | 'server' | 'postgres' | 'redis' | 'all' = 'all',
): number => {
  const seconds = part === 'all' ? cpu.server + cpu.postgres + cpu.redis : cpu[part];
  return (seconds * 100_000) / count;
};
