import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AchievementPage } from '../../../src/protocol/achievements.ts';
import { describeWithRedis } from '../../../test/redis.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { until } from '../../../test/until.ts';
import { playersOf } from '../testing/players.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const { newAchievement, newQuest, start, submit } = playersOf(() => server);

const track = (token: string, achievementId: string, code: string) =>
  server.call('POST', `/achievements/${achievementId}/progress`, { token, body: { code } });

async function achievementOf(token: string, achievementId: string, on = server) {
  const { body } = await on.call('GET', '/achievements?limit=200', { token });
  return AchievementPage.parse(body).achievements.find(
    (each) => each.achievementId === achievementId,
  );
}

async function buy(token: string): Promise<void> {
  const skuId = await server.newProduct(1);
  const body = { skuId, quantity: 1 };
  const held = await server.call('POST', '/api/v1/reservations', { token, body });
  const { reservationId } = held.body;
  const checkout = { reservationId, paymentMethod: 'card', transactionId: `tx-${reservationId}` };
  await server.call('POST', '/api/v1/orders/checkout', { token, body: checkout });
}

describe('S2.3 an achievement', () => {
  it('is tracked by codes, unlocked once, and told of', async () => {
    const api = await startTestServer({
      env: { ROLES: 'api', DATABASE_URL: server.config.databaseUrl },
    });
    const achievementId = await newAchievement({
      goal: { counts: 'codes', needed: 2, codes: ['A', 'B', 'C'] },
      points: 50,
    });
    const { token } = await server.newBuyer();
    expect((await track(token, achievementId, 'D')).body.code).toBe('WRONG_CODE');
    expect((await track(token, achievementId, 'A')).body).toMatchObject({
      count: 1,
      unlockedAt: null,
    });
    expect((await track(token, achievementId, 'A')).body.count).toBe(1);
    const [b, c] = await Promise.all(['B', 'C'].map((code) => track(token, achievementId, code)));
    expect([b?.body.unlockedAt, c?.body.unlockedAt]).toEqual([
      b?.body.unlockedAt,
      b?.body.unlockedAt,
    ]);
    expect(await achievementOf(token, achievementId, api)).toMatchObject({ count: 2, points: 50 });
    await until(async () => (await server.call('GET', '/stats', { token })).body.points > 0);
    expect((await server.call('GET', '/stats', { token })).body).toEqual({
      ...{ points: 50, achievements: 1, quests: 0, rank: expect.any(Number) },
    });
    await api.stop();
  });

  it('is counted by the server, whatever a client says', async () => {
    const achievementId = await newAchievement({ goal: { counts: 'orders', needed: 2 } });
    const { token } = await server.newBuyer();
    expect((await track(token, achievementId, 'A')).body.code).toBe('NOT_SUBMITTABLE');
    expect((await track(token, 'NO-SUCH', 'A')).body.code).toBe('NOT_FOUND');
    await buy(token);
    await until(async () => (await achievementOf(token, achievementId))?.count === 1);
    await buy(token);
    await buy(token);
    await until(async () => (await achievementOf(token, achievementId))?.unlockedAt !== null);
    expect((await achievementOf(token, achievementId))?.count).toBe(2);
  });

  it('is unlocked by a quest that gives it, and counts quests', async () => {
    const given = await newAchievement({ goal: { counts: 'tickets', needed: 9 }, points: 3 });
    const counting = await newAchievement({ goal: { counts: 'quests', needed: 1 }, points: 4 });
    const questId = await newQuest({
      goal: { counts: 'codes', needed: 1, codes: ['RED'] },
      reward: { achievementId: given, points: 5 },
    });
    const { token } = await server.newBuyer();
    await start(token, questId);
    await submit(token, questId, 'RED');
    await until(async () => (await server.call('GET', '/stats', { token })).body.points === 12);
    expect(await achievementOf(token, given)).toMatchObject({ count: 9 });
    expect((await achievementOf(token, counting))?.unlockedAt).not.toBeNull();
  });
});

describeWithRedis('S2.3 achievements in Redis', (url) => {
  it('are read anew by every instance after a change', async () => {
    const env = { DATABASE_URL: server.config.databaseUrl, REDIS_URL: url(), ROLES: 'api' };
    const [one, two] = [await startTestServer({ env }), await startTestServer({ env })];
    const achievementId = await newAchievement({
      goal: { counts: 'codes', needed: 1, codes: ['A'] },
    });
    const { token } = await server.newBuyer();
    await until(async () => (await achievementOf(token, achievementId, two))?.count === 0);
    await one.call('POST', `/achievements/${achievementId}/progress`, {
      token,
      body: { code: 'A' },
    });
    await until(async () => (await achievementOf(token, achievementId, two))?.count === 1);
    await Promise.all([one.stop(), two.stop()]);
  });
});
