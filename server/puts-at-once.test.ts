import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../test/server.ts';
import { until } from '../test/until.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ env: { ROLES: 'api' } });
});
afterAll(() => server.stop());

const HOURS = { startsAt: '2020-01-01T00:00:00Z', endsAt: '2099-01-01T00:00:00Z' };
const GOAL = { counts: 'orders', needed: 1 };
const EACH = 20;

const put = (what: string, entries: object[]) =>
  server.call('PUT', `/api/v1/admin/${what}`, {
    token: server.adminToken,
    body: { [what === 'flash-sales' ? 'sales' : what]: entries },
  });

/** Has calls that write into a table begin to do so at the same moment. */
async function atOnce<Result>(table: string, calls: (() => Promise<Result>)[]): Promise<Result[]> {
  const gate = await server.pool.connect();
  try {
    await gate.query(`BEGIN; LOCK TABLE ${table} IN EXCLUSIVE MODE`);
    const answers = Promise.all(calls.map((call) => call()));
    await until(async () => {
      const { rowCount } = await server.pool.query(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      return rowCount === calls.length;
    });
    await gate.query('COMMIT');
    return await answers;
  } finally {
    gate.release(true);
  }
}

const many = <Entry>(entry: (number: number) => Entry): Entry[] =>
  Array.from({ length: EACH }, (_, number) => entry(number));

const product = (skuId: string) => ({
  ...{ skuId, name: 'Shoe', basePrice: '9.00', flashSalePrice: '5.00', totalInventory: 1 },
});
const pool = (campaignId: string) => ({
  ...{ campaignId, name: 'Prizes', capacity: 1, isReward: true, ...HOURS },
});
const sale = (saleId: string, skuId: string) => ({
  ...{ saleId, skuId, startTime: HOURS.startsAt, endTime: HOURS.endsAt, productDescription: '' },
});
const achievement = (achievementId: string) => ({ achievementId, name: 'Fan', goal: GOAL });
const quest = (questId: string, campaignId: string) => ({
  ...{ questId, name: 'Hunt', goal: GOAL, reward: { campaignId } },
});

describe('what several callers put at the same moment', () => {
  beforeAll(async () => {
    const products = many((number) => [product(`OF-SALE-${number}`), product(`OF-${number}`)]);
    await put('products', products.flat());
    const pools = many((number) => [pool(`POOL-${number}`), pool(`WORTH-${number}`)]);
    await put('campaigns', pools.flat());
  });

  it.each<[what: string, table: string, entry: (number: number) => object]>([
    ['products', 'products', (number) => product(`P-${number}`)],
    ['campaigns', 'products', (number) => pool(`C-${number}`)],
    ['flash-sales', 'flash_sales', (number) => sale(`S-${number}`, `OF-SALE-${number}`)],
    ['achievements', 'achievements', (number) => achievement(`A-${number}`)],
    ['quests', 'quests', (number) => quest(`Q-${number}`, `POOL-${number}`)],
  ])('is created by one of them, and is there for the others: %s', async (what, table, entry) => {
    const entries = many(entry);
    const callers = [entries, entries.toReversed(), entries, entries.toReversed()];
    const answers = await atOnce(
      table,
      callers.map((some) => () => put(what, some)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const created = answers.flatMap(({ body }) => body.created);
    expect([created.length, new Set(created).size]).toEqual([EACH, EACH]);
    const existing = answers.flatMap(({ body }) => body.existing);
    expect(existing).toHaveLength(3 * EACH);
  });

  it.each([
    ['flash-sales', 'flash_sales', 'PRODUCT_HAS_SALE', sale, 'OF-'],
    ['quests', 'quests', 'NOT_A_REWARD', quest, 'WORTH-'],
  ])(
    'belongs to one of them, and the others are refused: %s',
    async (what, table, code, entry, of) => {
      const entriesOf = (caller: number) =>
        many((number) => {
          // Callers name in different orders what their entries are about.
          const place = caller % 2 === 0 ? number : EACH - 1 - number;
          return entry(`${caller}-${String(number).padStart(2, '0')}`, `${of}${place}`);
        });
      const answers = await atOnce(
        table,
        [1, 2, 3, 4].map((caller) => () => put(what, entriesOf(caller))),
      );
      const told = answers.map(({ status, body }) => (status === 200 ? 'put' : body.code));
      expect(told.toSorted()).toEqual([code, code, code, 'put'].toSorted());
    },
  );
});
