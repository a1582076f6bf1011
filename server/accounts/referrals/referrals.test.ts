import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AchievementPage } from '../../../src/protocol/achievements.ts';
import { type Notification, NotificationPage } from '../../../src/protocol/notifications.ts';
import { REFERRALS_MAX } from '../../../src/protocol/referrals.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { until } from '../../../test/until.ts';
import { playersOf } from '../../engagement/testing/players.ts';

/** A server that delivers no events, so that they can be seen. */
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ env: { ROLES: 'api' } });
});
afterAll(() => server.stop());

const { newAchievement, newQuest, start, eventsOf } = playersOf(() => server);

const register = (username: string, referralCode?: string) =>
  server.call('POST', '/api/auth/register', {
    body: { username, password: 'correct horse', referralCode },
  });

const referredBy = async (userId: string) =>
  (await eventsOf(userId)).filter(({ type }) => type === 'USER_REFERRED');

const referralsOf = async (token: string) =>
  (await server.call('GET', '/referrals', { token })).body;

async function countOf(
  on: TestServer,
  token: string,
  achievementId: string,
): Promise<number | undefined> {
  const { body } = await on.call('GET', '/achievements?limit=200', { token });
  return AchievementPage.parse(body).achievements.find(
    (each) => each.achievementId === achievementId,
  )?.count;
}

describe('S2.3 referrals', () => {
  it('have a code for each user, which stays the same', async () => {
    const [one, two] = [await server.newBuyer(), await server.newBuyer()];
    const codes = await Promise.all([1, 2, 3].map(async () => (await referralsOf(one.token)).code));
    expect(new Set(codes).size).toBe(1);
    expect(await referralsOf(one.token)).toEqual({ code: codes[0], referred: 0 });
    expect((await referralsOf(two.token)).code).not.toBe(codes[0]);
  });

  it('are not counted by the word of a client', async () => {
    const achievementId = await newAchievement({ goal: { counts: 'referrals', needed: 1 } });
    const { token } = await server.newBuyer();
    const { code } = await referralsOf(token);
    const path = `/achievements/${achievementId}/progress`;
    const { body } = await server.call('POST', path, { token, body: { code } });
    expect(body.code).toBe('NOT_SUBMITTABLE');
  });

  it('count once, however often and by however many calls at once a username is registered', async () => {
    const { token, userId } = await server.newBuyer();
    const { code } = await referralsOf(token);
    const answers = await Promise.all([1, 2, 3, 4].map(() => register('ref-carol', code)));
    answers.push(await register('ref-carol', code));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409]);
    expect((await referralsOf(token)).referred).toBe(1);
    expect(await referredBy(userId)).toHaveLength(1);
  });

  it('are refused with a code that nobody has, and then nobody is registered', async () => {
    const { status, body } = await register('ref-dave', '222222222222');
    expect([status, body.code]).toEqual([409, 'WRONG_CODE']);
    expect((await register('ref-dave', 'no code')).status).toBe(400);
    expect((await register('ref-dave')).status).toBe(201);
  });

  it('are counted up to a bound, and whoever comes later is registered all the same', async () => {
    const { token, userId } = await server.newBuyer();
    const { code } = await referralsOf(token);
    await server.pool.query('UPDATE referral_codes SET referred = $1 WHERE user_id = $2', [
      REFERRALS_MAX - 1,
      userId,
    ]);
    expect((await register('ref-erin', code)).status).toBe(201);
    expect((await register('ref-frank', code)).status).toBe(201);
    expect((await referralsOf(token)).referred).toBe(REFERRALS_MAX);
    expect(await referredBy(userId)).toHaveLength(1);
  });

  it('are told to the queue and to the user who has the code, and count for achievements and quests of theirs', async () => {
    const achievementId = await newAchievement({ goal: { counts: 'referrals', needed: 2 } });
    const questId = await newQuest({
      goal: { counts: 'referrals', needed: 2 },
      reward: { points: 7 },
    });
    const { token, userId } = await server.newBuyer();
    await start(token, questId);
    const { code } = await referralsOf(token);
    const brought = [await register('ref-ann', code), await register('ref-bob', code)];
    expect(await referralsOf(token)).toEqual({ code, referred: 2 });
    expect(await referredBy(userId)).toEqual(
      brought.map(({ body }) => ({
        type: 'USER_REFERRED',
        payload: { userId, referredId: body.userId },
      })),
    );

    const worker = await startTestServer({ env: { DATABASE_URL: server.config.databaseUrl } });
    await until(async () => (await countOf(worker, token, achievementId)) === 2);
    await until(async () => (await worker.call('GET', '/stats', { token })).body.points === 7);
    expect(await countOf(worker, brought[0]?.body.token, achievementId)).toBe(0);

    const toldOf = async (reader: string): Promise<Notification[]> => {
      const { body } = await worker.call('GET', '/notifications', { token: reader });
      return NotificationPage.parse(body).notifications.filter(
        ({ kind }) => kind === 'USER_REFERRED',
      );
    };
    await until(async () => (await toldOf(token)).length === 2);
    expect(await toldOf(token)).toMatchObject([
      { title: 'Somebody has registered with your code' },
      { title: 'Somebody has registered with your code' },
    ]);
    expect(await toldOf(brought[0]?.body.token)).toEqual([]);
    await worker.stop();
  });
});
