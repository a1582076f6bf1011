import { expect } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import type { TestServer } from '../../../test/server.ts';

/** The admin's and the players' calls about achievements and quests of a test server. */
export function playersOf(server: () => TestServer) {
  const put = async (what: string, entry: object) => {
    const { status, body } = await server().call('PUT', `/api/v1/admin/${what}`, {
      token: server().adminToken,
      body: { [what]: [entry] },
    });
    expect([status, body.created]).toEqual([200, [expect.any(String)]]);
  };
  return {
    async newAchievement(details: object): Promise<string> {
      const achievementId = `A-${newId()}`;
      await put('achievements', { achievementId, name: 'Fan', ...details });
      return achievementId;
    },
    async newQuest(details: object): Promise<string> {
      const questId = `Q-${newId()}`;
      await put('quests', { questId, name: 'Hunt', ...details });
      return questId;
    },
    async newPool(capacity: number, details: object = {}): Promise<string> {
      const campaignId = `POOL-${newId()}`;
      const hours = { startsAt: '2020-01-01T00:00:00Z', endsAt: '2099-01-01T00:00:00Z' };
      const pool = { campaignId, name: 'Prizes', capacity, isReward: true, ...hours, ...details };
      await put('campaigns', pool);
      return campaignId;
    },
    start: (token: string, questId: string, headers = {}) =>
      server().call('POST', `/quests/${questId}/start`, { token, headers }),
    submit: (token: string, questId: string, code: string, headers = {}) =>
      server().call('POST', `/quests/${questId}/progress`, { token, body: { code }, headers }),
    claim: (token: string, questId: string) =>
      server().call('POST', `/quests/${questId}/claim`, { token }),
    async eventsOf(userId: string): Promise<{ type: string; payload: unknown }[]> {
      const { rows } = await server().pool.query(
        'SELECT type, payload FROM outbox WHERE key = $1 ORDER BY id',
        [userId],
      );
      return rows;
    },
  };
}
