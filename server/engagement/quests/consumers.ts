import { type QuestEvent, TOPICS } from '../../../src/protocol/events.ts';
import type { Consumer } from '../../events/event.ts';
import { gainsOf } from '../gains.ts';
import type { QuestStore } from './store.ts';
import type { QuestVouchers } from './vouchers.ts';

/** Counts what users do for the quests that they have started. */
export const createQuestCounts = (store: QuestStore): Consumer => ({
  group: 'quests',
  topics: [TOPICS.orders, TOPICS.tickets, TOPICS.achievements, TOPICS.accounts],
  async handle(events, tx) {
    const gains = gainsOf(events);
    if (gains.length > 0) await store.gain(tx, gains);
  },
});

/** Gives the vouchers of quests that were completed, unless the call that completed them is giving them. */
export const createQuestRewards = (vouchers: QuestVouchers): Consumer => ({
  group: 'quest-rewards',
  topics: [TOPICS.quests],
  async handle(events) {
    const owns = events
      .filter(({ type }) => type === 'QUEST_COMPLETED')
      .map(({ payload }) => payload as QuestEvent)
      .filter(({ reward }) => reward.campaignId !== undefined)
      .map(({ userId, questId }) => ({ userId, questId }));
    if (owns.length > 0) await vouchers.settleOf(owns);
  },
});
