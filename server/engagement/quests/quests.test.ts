import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { whyNoEvent } from '../../../src/protocol/events.ts';
import { LedgerRow } from '../../../src/protocol/ledger.ts';
import { QuestPage, QuestProgress } from '../../../src/protocol/quests.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { createStockLedger } from '../../stock/index.ts';
import { playersOf } from '../testing/players.ts';

// Without worker and sweeper, so that only calls do something, and events stay where they were written.
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ env: { ROLES: 'api' } });
});
afterAll(() => server.stop());

const { newQuest, newAchievement, newPool, start, submit, claim, eventsOf } = playersOf(
  () => server,
);

const HUNT = { goal: { counts: 'codes', needed: 2, codes: ['RED', 'BLUE', 'GREEN'] } };

async function newHunt(capacity: number, details: object = {}) {
  const campaignId = await newPool(capacity);
  const questId = await newQuest({ ...HUNT, reward: { points: 5, campaignId }, ...details });
  return { questId, campaignId };
}

describe('S2.4 a quest', () => {
  it('is started, played and completed, and tells of it each once', async () => {
    const { questId, campaignId } = await newHunt(1);
    const { token, userId } = await server.newBuyer();
    const started = await start(token, questId);
    expect([started.status, QuestProgress.parse(started.body)]).toMatchObject([
      201,
      { questId, status: 'ACTIVE', count: 0, needed: 2, completedAt: null, voucher: null },
    ]);
    expect((await start(token, questId)).body.code).toBe('QUEST_STARTED');
    const first = await submit(token, questId, 'RED');
    expect([first.status, first.body.count, first.body.status]).toEqual([200, 1, 'ACTIVE']);
    const again = await submit(token, questId, 'RED');
    expect([again.status, again.body]).toEqual([200, first.body]);
    const last = await submit(token, questId, 'BLUE');
    expect([last.status, QuestProgress.parse(last.body)]).toMatchObject([
      200,
      { status: 'COMPLETED', voucher: { outcome: 'GIVEN', campaignId } },
    ]);
    expect((await submit(token, questId, 'GREEN')).body.code).toBe('QUEST_COMPLETED');
    const events = await eventsOf(userId);
    const reward = { points: 5, campaignId };
    const told = { userId, questId, name: 'Hunt', reward };
    expect(events).toEqual([
      { type: 'QUEST_STARTED', payload: told },
      { type: 'QUEST_COMPLETED', payload: told },
      { type: 'QUEST_REWARDED', payload: { ...told, outcome: 'GIVEN' } },
    ]);
    const topic = 'flashsale.quests';
    expect(events.map((event) => whyNoEvent({ topic, ...event }))).toEqual(
      events.map(() => undefined),
    );
  });

  it('is not completed by the word of a client', async () => {
    const { questId } = await newHunt(1);
    const { token } = await server.newBuyer();
    expect((await submit(token, questId, 'RED')).body.code).toBe('QUEST_NOT_STARTED');
    await start(token, questId);
    expect((await submit(token, questId, 'PURPLE')).body.code).toBe('WRONG_CODE');
    expect((await claim(token, questId)).body.code).toBe('QUEST_NOT_COMPLETED');
    const orders = await newQuest({ goal: { counts: 'orders', needed: 1 } });
    await start(token, orders);
    expect((await submit(token, orders, 'RED')).body.code).toBe('NOT_SUBMITTABLE');
    expect((await server.call('GET', `/quests/${questId}`, { token })).body.count).toBe(0);
  });

  it('is for those who have what it requires, and an account', async () => {
    const { questId: first } = await newHunt(1);
    const achievementId = await newAchievement({
      goal: { counts: 'codes', needed: 1, codes: ['X'] },
    });
    const { token } = await server.newBuyer();
    const second = await newQuest({
      ...HUNT,
      requires: { quests: [first], achievements: [achievementId] },
    });
    expect((await start(token, second)).body.code).toBe('QUEST_LOCKED');
    await start(token, first);
    await submit(token, first, 'RED');
    await submit(token, first, 'BLUE');
    expect((await start(token, second)).body.code).toBe('QUEST_LOCKED');
    await server.call('POST', `/achievements/${achievementId}/progress`, {
      token,
      body: { code: 'X' },
    });
    expect((await start(token, second)).status).toBe(201);
    const nobody = server.tokenFor({ userId: newId(), role: 'buyer' });
    expect((await start(nobody, first)).body.code).toBe('NOT_FOUND');
    expect((await start(token, 'NO-SUCH-QUEST')).body.code).toBe('NOT_FOUND');
  });

  it('is listed without its codes, page by page', async () => {
    const { questId } = await newHunt(3);
    const { body } = await server.call('GET', '/quests?limit=200');
    const listed = QuestPage.parse(body).quests.find((quest) => quest.questId === questId);
    expect(listed).toMatchObject({ goal: { counts: 'codes', needed: 2 }, reward: { points: 5 } });
    expect(JSON.stringify(body)).not.toContain('GREEN');
    const first = await server.call('GET', '/quests?limit=1');
    const next = await server.call('GET', `/quests?limit=1&cursor=${first.body.nextCursor}`);
    expect(next.body.quests[0].questId > first.body.quests[0].questId).toBe(true);
  });

  it('gives vouchers of a campaign of rewards that no other quest gives', async () => {
    const { campaignId } = await newHunt(1);
    const openCampaign = await newPool(1, { isReward: false });
    for (const id of [campaignId, openCampaign, 'NO-SUCH-CAMPAIGN']) {
      const questId = `Q-${newId()}`;
      const { status, body } = await server.call('PUT', '/api/v1/admin/quests', {
        token: server.adminToken,
        body: { quests: [{ questId, name: 'Hunt', ...HUNT, reward: { campaignId: id } }] },
      });
      expect([id, status, body.code]).toEqual([id, 409, 'NOT_A_REWARD']);
      const { token } = await server.newBuyer();
      expect((await start(token, questId)).body.code).toBe('NOT_FOUND');
    }
  });
});

describe('S2.4 the voucher of a quest', () => {
  async function finish(questId: string, token: string) {
    await start(token, questId);
    await submit(token, questId, 'RED');
    return submit(token, questId, 'BLUE');
  }

  it('is the same at each claim, and can be used', async () => {
    const { questId, campaignId } = await newHunt(1);
    const { token } = await server.newBuyer();
    const { body } = await finish(questId, token);
    const claims = await Promise.all([1, 2, 3].map(() => claim(token, questId)));
    for (const each of claims) expect([each.status, each.body]).toEqual([200, body]);
    const { code } = body.voucher.registration;
    const used = await server.call('POST', '/api/v1/voucher/use', { token, body: { code } });
    expect([used.status, used.body.campaignId]).toEqual([200, campaignId]);
  });

  it('is given to nobody who registers for its campaign', async () => {
    const { campaignId } = await newHunt(1);
    const { token } = await server.newBuyer();
    const { body } = await server.call('POST', '/api/v1/register', { token, body: { campaignId } });
    expect(body.code).toBe('SOLD_ANOTHER_WAY');
  });

  it('is given to as many as there are, however many finish at once, and the others are told', async () => {
    const { questId, campaignId } = await newHunt(10);
    const players = await server.newBuyers(60);
    await Promise.all(
      players.map(async ({ token }) => {
        await start(token, questId);
        await submit(token, questId, 'RED');
      }),
    );
    // Each clicks twice at the same moment.
    const answers = await Promise.all(
      players.flatMap(({ token }) => [
        submit(token, questId, 'BLUE'),
        submit(token, questId, 'BLUE'),
      ]),
    );
    const outcomes = answers.map(({ body }) => body.voucher?.outcome ?? body.code);
    const count = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;
    expect([count('GIVEN'), count('GONE'), count('QUEST_COMPLETED')]).toEqual([10, 50, 60]);
    const { rows } = await server.pool.query(
      `SELECT voucher_outcome AS outcome, gone_because AS because, count(*) FROM quest_progress
       WHERE quest_id = $1 GROUP BY 1, 2 ORDER BY 1`,
      [questId],
    );
    expect(rows).toEqual([
      { outcome: 'GIVEN', because: null, count: 10 },
      { outcome: 'GONE', because: 'CAMPAIGN_FULL', count: 50 },
    ]);
    const stock = await server.call('GET', `/api/v1/products/${campaignId}/availability`);
    expect(stock.body).toMatchObject({ available: 0, reserved: 0, sold: 10 });
  });

  it('is gone with a clear answer, and stays gone', async () => {
    const { questId } = await newHunt(1);
    await finish(questId, (await server.newBuyer()).token);
    const late = await server.newBuyer();
    const { status, body } = await finish(questId, late.token);
    expect([status, body.status]).toEqual([200, 'COMPLETED']);
    expect(body.voucher).toMatchObject({
      outcome: 'GONE',
      goneBecause: 'CAMPAIGN_FULL',
      sequence: 2,
    });
    const { body: claimed } = await claim(late.token, questId);
    expect(claimed.voucher).toMatchObject({ outcome: 'GONE', goneBecause: 'CAMPAIGN_FULL' });
    expect((await eventsOf(late.userId)).at(-1)).toMatchObject({
      type: 'QUEST_REWARDED',
      payload: { outcome: 'GONE' },
    });
  });

  it('is a row of the ledger of its campaign, given or gone', async () => {
    const { questId, campaignId } = await newHunt(1);
    const [first, second] = await server.newBuyers(2);
    const { body } = await finish(questId, first!.token);
    await finish(questId, second!.token);
    const ledger = await server.call('GET', `/api/v1/admin/ledger?sku=${campaignId}`, {
      token: server.adminToken,
    });
    const rows = ledger.body
      .trim()
      .split('\n')
      .map((line: string) => LedgerRow.parse(JSON.parse(line)));
    const reward = { row: 'reward', questId, skuId: campaignId };
    const { orderId } = body.voucher.registration;
    expect(rows.filter(({ row }: LedgerRow) => row === 'reward')).toEqual(
      [
        { ...reward, userId: first!.userId, outcome: 'GIVEN', orderId },
        { ...reward, userId: second!.userId, outcome: 'GONE', orderId: null },
      ].toSorted((a, b) => (a.userId < b.userId ? -1 : 1)),
    );
  });

  it('is refused for good once it was told to be gone, even by a server that was taken for dead', async () => {
    const { questId, campaignId } = await newHunt(1);
    const first = await server.newBuyer();
    await finish(questId, first.token);
    const { token, userId } = await server.newBuyer();
    await finish(questId, token);
    const { rows } = await server.pool.query(
      'SELECT voucher_order_id AS id FROM quest_progress WHERE user_id = $1',
      [userId],
    );
    const ledger = createStockLedger({
      ...{ pool: server.pool, strategy: 'conditional', holdTtlMs: 60_000 },
    });
    await server.pool.query(
      `UPDATE inventory SET total_count = total_count + 1, available_count = available_count + 1
       WHERE sku_id = $1`,
      [campaignId],
    );
    const by = { userId, skuId: campaignId, callId: undefined, way: 'campaign' as const };
    const holdId = newId();
    await ledger.hold({ ...by, holdId, quantity: 1 });
    const orderId = rows[0].id;
    const issue = ledger.confirm({
      ...{ ...by, holdId, orderId, paymentMethod: 'none', transactionId: orderId },
    });
    await expect(issue).rejects.toThrow('a voucher that was refused cannot be given');
  });

  it('is owed by a campaign that has not begun, and gone when it is over', async () => {
    const [past, future] = ['2020-01-01T00:00:00Z', '2098-01-01T00:00:00Z'];
    const later = await newPool(1, { startsAt: future });
    const early = await newQuest({ ...HUNT, reward: { campaignId: later } });
    const { token } = await server.newBuyer();
    const owed = await finish(early, token);
    expect([owed.status, owed.body.voucher]).toEqual([202, { outcome: 'OWED', campaignId: later }]);
    const over = await newPool(1, { startsAt: past, endsAt: '2020-01-02T00:00:00Z' });
    const late = await newQuest({ ...HUNT, reward: { campaignId: over } });
    expect((await finish(late, token)).body.voucher).toMatchObject({
      outcome: 'GONE',
      goneBecause: 'CAMPAIGN_ENDED',
    });
  });
});

describe('S2.4 a quest with an Idempotency-Key', () => {
  const key = { 'idempotency-key': 'k1' };

  it('is completed once, and answered alike when the process died before it answered', async () => {
    const { questId } = await newHunt(1);
    const { token, userId } = await server.newBuyer();
    const started = await start(token, questId, key);
    await submit(token, questId, 'RED');
    const first = await submit(token, questId, 'BLUE', key);
    expect((await submit(token, questId, 'BLUE', key)).body).toEqual(first.body);
    await server.pool.query(
      `UPDATE idempotency_keys SET status = NULL, body = NULL, claimed_until = now()
       WHERE user_id = $1`,
      [userId],
    );
    expect((await submit(token, questId, 'BLUE', key)).body).toEqual(first.body);
    const startedAgain = await start(token, questId, key);
    expect([startedAgain.status, startedAgain.body]).toEqual([201, started.body]);
    expect((await submit(token, questId, 'BLUE', { 'idempotency-key': 'k2' })).body.code).toBe(
      'QUEST_COMPLETED',
    );
  });
});
