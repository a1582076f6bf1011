import { newId } from '../../src/kernel/ids.ts';
import type { BenchPart } from '../context.ts';
import type { Send } from '../kit/closed-loop.ts';
import type { Buyer } from '../kit/contestant.ts';
import {
  cpuPer100k,
  type Entry,
  type Journey,
  measureInTurns,
  pairedRatio,
  type Round,
} from '../kit/measure.ts';
import { ours } from '../kit/reserving.ts';
import { median } from '../kit/statistics.ts';
import { stockSku } from '../kit/stock-sku.ts';

const CONNECTIONS = 64;

const COMMON = {
  connections: CONNECTIONS,
  // Two events of the reservation and three of the order.
  delivers: { group: 'analytics', eventsPerJourney: 5 },
  answers: { 201: 2 },
};

const stockShop = (name: string, secretAs: string): Entry => ({
  contestant: {
    name,
    run: { script: 'servers/stock-shop.js' },
    env: { SECRET_AS: secretAs },
  },
  plan: {
    ...COMMON,
    ...{ count: 1_500, warmUp: 300, greets: false },
    async prepare(_database, origin, count) {
      const skuId = newId();
      await fetch(`${origin}/stock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ skuId, units: count }),
      });
      return buy(skuId);
    },
  },
});

const SHOPS: Entry[] = [
  stockShop('as commonly written', 'string'),
  stockShop('the same with a key object made once', 'key'),
  {
    contestant: ours('ours, all roles'),
    plan: {
      ...COMMON,
      ...{ count: 12_000, warmUp: 3_000, greets: true },
      prepare: async ({ pool }, _origin, count) => buy(await stockSku(pool, count)),
    },
  },
];

/** Reserves a unit and checks out. */
const buy = (skuId: string): Journey =>
  async function purchase(send, buyer, index) {
    const reserved = await post(send, buyer, '/api/v1/reservations', { skuId, quantity: 1 });
    const { reservationId } = JSON.parse(reserved.body);
    await post(send, buyer, '/api/v1/orders/checkout', {
      reservationId,
      paymentMethod: 'card',
      transactionId: `${skuId}-${index}`,
    });
  };

const post = (send: Send, { authorization }: Buyer, path: string, body: object) =>
  send({
    path,
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    isRead: path.endsWith('reservations'),
  });

/** The whole purchase, until the last consumer has its events. */
export const purchase: BenchPart = {
  name: 'purchase',
  about: 'whole purchases with their events, against a shop as commonly written',
  isDefault: true,
  async run({ openArena, rounds }) {
    const arena = await openArena();
    const runs = await measureInTurns(arena, SHOPS, rounds);
    const [common, withKey, own] = [...runs.values()] as [Round[], Round[], Round[]];
    return {
      tables: [
        {
          caption: `Purchases (reserve, check out, five events to four groups), ${CONNECTIONS} connections, medians of ${rounds} rounds; CPU in seconds per 100,000`,
          columns: [
            ...['server', 'answered per second', 'delivered per second', 'p99 ms'],
            ...['CPU server', 'CPU PostgreSQL', 'CPU generator'],
          ],
          rows: [...runs].map(([{ contestant }, done]) => [
            contestant.name,
            median(done.map((round) => round.perSecond)),
            median(done.map(delivered)),
            median(done.map((round) => round.p99Ms)),
            median(done.map((round) => cpuPer100k(round, round.all, 'server'))),
            median(done.map((round) => cpuPer100k(round, round.all, 'postgres'))),
            median(done.map((round) => cpuPer100k(round, round.all, 'generator'))),
          ]),
        },
      ],
      goals: [
        {
          name: 'purchases with their events delivered, ÷ the same flow as commonly written',
          value: pairedRatio(own, common, delivered),
          unit: '×',
          atLeast: 20,
        },
      ],
      charts: [],
      notes: [
        `Against the same with a key object: ${pairedRatio(own, withKey, delivered).toFixed(1)}×. While buyers wait, without what is delivered later: ${pairedRatio(own, common).toFixed(1)}×.`,
      ],
    };
  },
};

/** Purchases per second up to the last delivery. */
const delivered = ({ count, all }: Round): number => count / all.seconds;
