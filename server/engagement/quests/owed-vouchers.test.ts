import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { until } from '../../../test/until.ts';
import { playersOf } from '../testing/players.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ env: { SWEEP_INTERVAL_MS: '50' } });
});
afterAll(() => server.stop());

const { newQuest, newPool, start, submit, claim } = playersOf(() => server);

const HUNT = { goal: { counts: 'codes', needed: 1, codes: ['RED'] } };

/** The state that a server leaves which died between the completion of a quest and its voucher. */
async function leaveOwed(questId: string, userId: string, giveAfter: string): Promise<void> {
  await server.pool.query(
    `INSERT INTO quest_progress (quest_id, user_id, count, start_id, completed_at, voucher_outcome,
       voucher_order_id, call_id, give_after)
     VALUES ($1, $2, 1, gen_random_uuid(), now(), 'OWED', new_order_id(), 'call-1', now() + $3::interval)`,
    [questId, userId, giveAfter],
  );
}

const stateOf = async (userId: string) => {
  const { rows } = await server.pool.query(
    `SELECT p.voucher_outcome AS outcome, v.code, o.call_id AS call
     FROM quest_progress p
     LEFT JOIN vouchers v ON v.order_id = p.voucher_order_id LEFT JOIN orders o USING (order_id)
     WHERE p.user_id = $1`,
    [userId],
  );
  return rows[0];
};

describe('S2.4 a voucher that is owed', () => {
  it('is given later, with the call that completed the quest', async () => {
    const campaignId = await newPool(1);
    const questId = await newQuest({ ...HUNT, reward: { campaignId } });
    const { userId } = await server.newBuyer();
    await leaveOwed(questId, userId, '-1 second');
    await until(async () => (await stateOf(userId)).outcome === 'GIVEN');
    expect(await stateOf(userId)).toEqual({
      outcome: 'GIVEN',
      code: expect.any(String),
      call: 'call-1',
    });
  });

  it('is left to the call that is giving it, and given at once to a user who claims it', async () => {
    const campaignId = await newPool(1);
    const questId = await newQuest({ ...HUNT, reward: { campaignId } });
    const { userId, token } = await server.newBuyer();
    await leaveOwed(questId, userId, '1 hour');
    const other = await server.newBuyer();
    const otherQuest = await newQuest({ ...HUNT, reward: { campaignId: await newPool(1) } });
    await leaveOwed(otherQuest, other.userId, '-1 second');
    await until(async () => (await stateOf(other.userId)).outcome === 'GIVEN');
    expect((await stateOf(userId)).outcome).toBe('OWED');
    const { body } = await claim(token, questId);
    expect(body.voucher).toMatchObject({ outcome: 'GIVEN' });
    expect(body.voucher.registration.code).toBe((await stateOf(userId)).code);
  });

  it('is told to be gone when others were faster', async () => {
    const campaignId = await newPool(1);
    const questId = await newQuest({ ...HUNT, reward: { campaignId } });
    const [fast, slow] = await server.newBuyers(2);
    await leaveOwed(questId, slow!.userId, '1 hour');
    await start(fast!.token, questId);
    expect((await submit(fast!.token, questId, 'RED')).body.voucher.outcome).toBe('GIVEN');
    expect((await claim(slow!.token, questId)).body.voucher).toMatchObject({
      outcome: 'GONE',
      goneBecause: 'CAMPAIGN_FULL',
    });
  });

  it('is given once to a user who claims it many times at once', async () => {
    const campaignId = await newPool(5);
    const questId = await newQuest({ ...HUNT, reward: { campaignId } });
    const { userId, token } = await server.newBuyer();
    await leaveOwed(questId, userId, '-1 second');
    const claims = await Promise.all(Array.from({ length: 20 }, () => claim(token, questId)));
    const codes = claims.map(({ body }) => body.voucher.registration?.code);
    const { code } = await stateOf(userId);
    expect(new Set(codes.filter((each) => each !== undefined))).toEqual(new Set([code]));
    const stock = await server.call('GET', `/api/v1/products/${campaignId}/availability`);
    expect(stock.body).toMatchObject({ sold: 1, available: 4 });
  });
});

describe('S2.4 a quest that the server counts', () => {
  it('is completed by orders, and rewarded with a voucher without a further call', async () => {
    const campaignId = await newPool(1);
    const questId = await newQuest({
      goal: { counts: 'orders', needed: 2 },
      reward: { campaignId, points: 7 },
    });
    const { userId, token } = await server.newBuyer();
    await start(token, questId);
    for (const name of ['a', 'b']) {
      const skuId = await server.newProduct(1);
      const { body } = await server.call('POST', '/api/v1/reservations', {
        token,
        body: { skuId, quantity: 1 },
      });
      await server.call('POST', '/api/v1/orders/checkout', {
        token,
        body: {
          reservationId: body.reservationId,
          paymentMethod: 'card',
          transactionId: `${name}-${body.reservationId}`,
        },
      });
    }
    await until(async () => (await stateOf(userId)).outcome === 'GIVEN');
    await until(async () => (await server.call('GET', '/stats', { token })).body.points === 7);
    const { body } = await server.call('GET', '/stats', { token });
    expect(body).toMatchObject({ points: 7, quests: 1, achievements: 0 });
  });
});
