import { type QuestEvent, TOPICS } from '../../../src/protocol/events.ts';
import type { Consumer } from '../../events/event.ts';
import { gainsOf } from '../gains.ts';
import type { AchievementStore } from './store.ts';

/** Counts what users do for their achievements, and unlocks those that completed quests are worth. */
export const createAchievementProgress = (store: AchievementStore): Consumer => ({
  group: 'achievements',
  topics: [TOPICS.orders, TOPICS.tickets, TOPICS.quests, TOPICS.accounts],
  async handle(events, tx) {
    const gains = gainsOf(events);
    if (gains.length > 0) await store.gain(tx, gains);
    const unlocks = events.flatMap(({ topic, type, payload }) => {
      if (topic !== TOPICS.quests || type !== 'QUEST_COMPLETED') return [];
      const { userId, reward } = payload as QuestEvent;
      const { achievementId } = reward;
      return achievementId === undefined ? [] : [{ userId, achievementId }];
    });
    if (unlocks.length > 0) await store.unlock(tx, unlocks);
  },
});

/**
 * Makes every instance read the achievements of a user anew. The event was written with the change and is delivered after
 * it, so nobody reads what was before into the cache again.
 */
export const createAchievementForgetting = (
  forget: (userId: string) => Promise<void>,
): Consumer => ({
  group: 'achievement-cache',
  topics: [TOPICS.achievements],
  async handle(events) {
    const users = new Set(events.map(({ payload }) => (payload as { userId: string }).userId));
    for (const userId of users) await forget(userId);
  },
});
