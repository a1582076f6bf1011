import { type AchievementEvent, type QuestEvent, TOPICS } from '../../../src/protocol/events.ts';
import type { Consumer, DomainEvent } from '../../events/event.ts';
import type { Board } from './board.ts';
import type { StatsGain, StatsStore } from './stats-store.ts';

/** Counts what users have reached, and their points. */
export const createUserStats = (store: StatsStore, board: Board): Consumer => ({
  group: 'user-stats',
  topics: [TOPICS.achievements, TOPICS.quests],
  async handle(events, tx) {
    const gains = gainsOf(events);
    if (gains.length === 0) return;
    const scores = await store.add(tx, gains);
    await board.changed(scores.filter(({ points }) => points > 0));
  },
});

/** The gains of each user. */
function gainsOf(events: DomainEvent[]): StatsGain[] {
  const gains = new Map<string, StatsGain>();
  const gainOf = (userId: string): StatsGain => {
    const gain = gains.get(userId) ?? { userId, points: 0, achievements: 0, quests: 0 };
    gains.set(userId, gain);
    return gain;
  };
  for (const { type, payload } of events) {
    if (type === 'ACHIEVEMENT_UNLOCKED') {
      const { userId, points } = payload as AchievementEvent;
      const gain = gainOf(userId);
      gain.achievements += 1;
      gain.points += points;
    }
    if (type === 'QUEST_COMPLETED') {
      const { userId, reward } = payload as QuestEvent;
      const gain = gainOf(userId);
      gain.quests += 1;
      gain.points += reward.points;
    }
  }
  return [...gains.values()];
}
