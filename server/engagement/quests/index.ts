import type { RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import { newId } from '../../../src/kernel/ids.ts';
import type { Consumer } from '../../events/event.ts';
import type { Caches } from '../../platform/cache.ts';
import type { Logger } from '../../platform/logging.ts';
import { createQuestCounts, createQuestRewards } from './consumers.ts';
import { createPlay } from './play.ts';
import { putQuests } from './put-quests.ts';
import type { QuestRow } from './quest.ts';
import { createQuestRoutes } from './routes.ts';
import { createQuestStore } from './store.ts';
import { createQuestVouchers, type QuestVouchers, type RewardCampaigns } from './vouchers.ts';

/** A quest never changes after it was made. */
const QUEST_TTL_MS = 600_000;

/** The feature of quests: users start them, the server verifies that they are completed, and rewards are given once. */
export function createQuests(deps: {
  pool: Pool;
  caches: Caches;
  campaigns: RewardCampaigns;
  isUser(userId: string): Promise<boolean>;
  unlockedOf(userId: string, achievementIds: string[]): Promise<string[]>;
  authenticate: RequestHandler;
  claimKey: RequestHandler;
  readJsonAndClaimKey: RequestHandler;
  log: Logger;
  onDecided(outcome: string): void;
}): {
  routes: Router;
  consumers: Consumer[];
  settleDue: QuestVouchers['settleDue'];
} {
  const { pool, caches, campaigns, log } = deps;
  const store = createQuestStore(pool, newId);
  const quests = caches.create<QuestRow>({
    name: 'quest',
    ttlMs: QUEST_TTL_MS,
    load: store.find,
  });
  const vouchers = createQuestVouchers({ store, findQuest: quests.get, campaigns });
  const play = createPlay({
    ...{ ...deps, store, vouchers, findQuest: quests.get },
    findRegistration: campaigns.findRegistration,
    onFailure: (error) => log.warn({ err: error }, 'a voucher is owed, and will be given later'),
  });
  return {
    routes: createQuestRoutes({
      ...{ ...deps, store, play, newId },
      putQuests: (wanted) => putQuests(pool, wanted),
    }),
    consumers: [createQuestCounts(store), createQuestRewards(vouchers)],
    settleDue: vouchers.settleDue,
  };
}
