import type { Router } from 'express';
import { createAchievements } from '../engagement/achievements/index.ts';
import { createLeaderboard } from '../engagement/leaderboard/index.ts';
import { createQuests } from '../engagement/quests/index.ts';
import type { Consumer } from '../events/event.ts';
import type { Caches } from '../platform/cache.ts';
import { countBy } from '../platform/metrics.ts';
import type { Access } from './access.ts';
import type { Foundation } from './foundation.ts';
import type { Selling } from './selling.ts';

export interface Engagement {
  routes: Router[];
  consumers: Consumer[];
  /** Gives vouchers that quests owe; resolves to their number. */
  settleVouchers(limit: number): Promise<number>;
}

/** The features that reward users for what they do. */
export function composeEngagement(
  { pool, redis, log, metrics }: Foundation,
  { campaigns }: Selling,
  access: Access,
  caches: Caches,
): Engagement {
  const { accounts, authenticate, claimKey, readJsonAndClaimKey } = access;
  const achievements = createAchievements({ pool, caches, authenticate, readJsonAndClaimKey });
  const quests = createQuests({
    ...{ pool, caches, campaigns, authenticate, claimKey, readJsonAndClaimKey, log },
    isUser: accounts.isUser,
    unlockedOf: achievements.unlockedOf,
    onDecided: countBy(metrics.registrations),
  });
  const leaderboard = createLeaderboard({ pool, redis, authenticate });
  return {
    routes: [quests.routes, achievements.routes, leaderboard.routes],
    consumers: [...achievements.consumers, ...quests.consumers, leaderboard.userStats],
    settleVouchers: quests.settleDue,
  };
}
