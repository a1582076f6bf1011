import { afterEach, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../database.ts';
import { describeWithRedis } from '../redis.ts';
import { until } from '../until.ts';
import { startExampleShop } from './example-shop.ts';
import { widen } from './widened.ts';

/** The example shops by themselves, without a run: they lose the race that they are there to lose, and only that one. */

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

const post = (url: string, body: object, headers = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

const BUYERS = Array.from({ length: 20 }, (_, number) => `buyer-${number}`);

describe('the shop on Express and PostgreSQL', () => {
  async function unitsSold(env: Record<string, string>): Promise<number> {
    const database = await createTestDatabase();
    undo.push(database.drop);
    const widened = await widen(database.url, 5);
    undo.push(widened.stop);
    const shop = await startExampleShop('express-postgres', { DATABASE_URL: widened.url, ...env });
    undo.push(shop.stop);
    const created = await post(`${shop.url}/products`, { name: 'lamp', stock: 1, price: 999 });
    const { id } = (await created.json()) as { id: number };
    // All look at the product first. A shop without a connection for each of them would serve one after the other.
    await Promise.all(BUYERS.map(() => fetch(`${shop.url}/products/${id}`)));
    const answers = await Promise.all(
      BUYERS.map(async (name) => {
        const order = { productId: id, customerEmail: `${name}@example.com`, quantity: 1 };
        return (await (await post(`${shop.url}/orders`, order)).json()) as { success: boolean };
      }),
    );
    return answers.filter(({ success }) => success).length;
  }

  it('sells one unit to many', async () => {
    expect(await unitsSold({})).toBeGreaterThan(1);
  });

  it('sells one unit once when it is fixed', async () => {
    expect(await unitsSold({ FIXED: '1' })).toBe(1);
  });
});

describe('the shop with baskets', () => {
  async function statusAfterRefusal(env: Record<string, string>): Promise<number> {
    const database = await createTestDatabase();
    undo.push(database.drop);
    const shop = await startExampleShop('postgres-baskets', { DATABASE_URL: database.url, ...env });
    undo.push(shop.stop);
    const put = async (name: string, pieces: number) =>
      ((await (await post(`${shop.url}/products`, { name, pieces })).json()) as { id: number }).id;
    const [lamp, vase] = [await put('lamp', 1), await put('vase', 0)];
    const order = (...products: number[]) =>
      post(`${shop.url}/orders`, {
        ...{ customer: 'ann@example.com', reference: 'r' },
        items: products.map((product) => ({ product, pieces: 1 })),
      });
    const refused = await order(vase, lamp);
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ missing: [{ product: vase }] });
    return (await order(lamp)).status;
  }

  it('keeps the lamp of an order whose vase is out of stock', async () => {
    expect(await statusAfterRefusal({})).toBe(409);
  });

  it('sells that lamp when it is fixed', async () => {
    expect(await statusAfterRefusal({ FIXED: '1' })).toBe(201);
  });
});

describeWithRedis('the shop on Redis with a queue', (redisUrl) => {
  async function ordersOf(env: Record<string, string>): Promise<{ sold: number; refused: number }> {
    const widened = await widen(redisUrl(), 5);
    undo.push(widened.stop);
    const shop = await startExampleShop('redis-queue', { REDIS_URL: widened.url, ...env });
    undo.push(shop.stop);
    const created = await post(`${shop.url}/admin/drops`, { units: 1 });
    const { drop } = (await created.json()) as { drop: { id: string } };
    const cookies = await Promise.all(
      BUYERS.map(async (username) => {
        const { headers } = await post(`${shop.url}/login`, { username });
        return headers.get('set-cookie')?.split(';')[0] ?? '';
      }),
    );
    // All ask for the status of some claim first, so that each has a connection, and none is done before others begin.
    await Promise.all(cookies.map(() => fetch(`${shop.url}/claims/none`)));
    const answers = await Promise.all(
      cookies.map(async (cookie) => {
        const answer = await post(`${shop.url}/drops/${drop.id}/claim`, {}, { cookie });
        return { status: answer.status, claim: ((await answer.json()) as { claim: string }).claim };
      }),
    );
    const accepted = answers.filter(({ status }) => status === 202);
    for (const { claim } of accepted) {
      await until(async () => {
        const answer = await fetch(`${shop.url}/claims/${claim}`);
        return ((await answer.json()) as { status: string }).status === 'confirmed';
      });
    }
    const refused = answers.filter(({ status }) => status === 409).length;
    return { sold: accepted.length, refused };
  }

  it('sells one unit to many', async () => {
    expect((await ordersOf({})).sold).toBeGreaterThan(1);
  });

  it('sells one unit once when it is fixed', async () => {
    expect(await ordersOf({ FIXED: '1' })).toEqual({ sold: 1, refused: 19 });
  });
});
