import type { BenchPart } from '../context.ts';
import type { Contestant } from '../kit/contestant.ts';
import { buildGoShop } from '../kit/go-shop.ts';
import { cpuPer100k, type Entry, measureInTurns, pairedRatio, reserve } from '../kit/measure.ts';
import { ours } from '../kit/reserving.ts';
import { median } from '../kit/statistics.ts';
import { stockSku } from '../kit/stock-sku.ts';

const REQUESTS = 20_000;
const CONNECTIONS = 64;

const plan = (status: number): Entry['plan'] => ({
  ...{ connections: CONNECTIONS, count: REQUESTS, warmUp: REQUESTS, greets: false },
  answers: { [status]: 1 },
  prepare: async ({ pool }) => reserve(await stockSku(pool, 0)),
});

const empty = (name: string, stack: string): Entry => ({
  contestant: {
    name: `an empty route, ${name}`,
    run: { script: 'servers/empty-route.js' },
    env: { STACK: stack },
  },
  plan: plan(200),
});

const WHOLE = empty('with token, schema, request id and metrics', 'whole');
const BARE = empty('which does not look at the request', 'bare');

/** The reference server as an API instance; a deployment runs sweeper and events in processes of their own. */
const refusing = (admission: string, usesRedis = false): Entry => ({
  contestant: {
    ...ours(`ours, ADMISSION=${admission}`, { ADMISSION: admission, ROLES: 'api' }),
    usesRedis,
  },
  plan: plan(400),
});
const MEMORY = refusing('memory');

const goShop = (contestant: Contestant): Entry => ({
  contestant,
  plan: {
    ...plan(409),
    prepare: async (_database, origin) => {
      await fetch(`${origin}/stock/lamp/0`, { method: 'PUT' });
      return (send, { userId }) =>
        send({
          path: '/api/v1/reservations',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ skuId: 'lamp', userId, quantity: 1 }),
        });
    },
  },
});

/**
 * Refusing buyers once nothing is left. Two empty routes of the same Express stand beside it, one behind the
 * whole middleware of the API, one that does not look at the request; and a shop in Go that keeps its stock in Redis. Every
 * request comes from another user. The code and the cache of verified tokens are warm.
 */
export const soldOut: BenchPart = {
  name: 'sold-out',
  about: 'refusing buyers once nothing is left, against empty routes and a shop in Go with Redis',
  isDefault: true,
  async run({ openArena, rounds }) {
    const arena = await openArena();
    const entries = [WHOLE, BARE, refusing('none'), MEMORY];
    const notes: string[] = [];
    if ((await arena.redis()) !== undefined) entries.push(refusing('redis', true));
    const go = await buildGoShop(arena);
    if (typeof go === 'string') notes.push(go);
    else entries.push(goShop(go));

    const runs = await measureInTurns(arena, entries, rounds);
    const of = (entry: Entry) => runs.get(entry) ?? [];
    const goRuns = entries.filter(({ contestant }) => contestant === go).flatMap(of);
    return {
      tables: [
        {
          caption: `Sold out, ${CONNECTIONS} connections, medians of ${rounds} rounds; CPU in seconds per 100,000`,
          columns: [
            ...['server', 'per second', '÷ empty route', '÷ not looking', 'p99 ms'],
            ...['CPU server', 'CPU PostgreSQL', 'CPU Redis', 'CPU generator'],
          ],
          rows: entries.map((entry) => [
            entry.contestant.name,
            median(of(entry).map((round) => round.perSecond)),
            pairedRatio(of(entry), of(WHOLE)),
            pairedRatio(of(entry), of(BARE)),
            median(of(entry).map((round) => round.p99Ms)),
            ...(['server', 'postgres', 'redis', 'generator'] as const).map((part) =>
              median(of(entry).map((round) => cpuPer100k(round, round.sale, part))),
            ),
          ]),
        },
      ],
      goals: [
        {
          name: 'sold out ÷ a route that does not look at the request',
          value: pairedRatio(of(MEMORY), of(BARE)),
          unit: '',
          atLeast: 0.75,
        },
        {
          name: 'sold-out answers with the token checked ÷ a Go + Redis shop without authentication',
          value: goRuns.length === 0 ? undefined : pairedRatio(of(MEMORY), goRuns),
          unit: '×',
          atLeast: 1.2,
        },
      ],
      charts: [],
      notes,
    };
  },
};
