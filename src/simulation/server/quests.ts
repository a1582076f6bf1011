import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import { isDead, NS_PER_MS, type World } from '../world.ts';
import { type Answer, type Request, refuse, type Work } from './answer.ts';
import type { Campaign } from './campaign.ts';

type Reward = LedgerSnapshot['rewards'][number];

/** The server's quests: the first submission of a player completes the quest of a SKU, which is worth one of its vouchers. */
export interface Quests {
  /** By SKU and player. */
  rewards: Map<string, Reward>;
  submit(request: Request, sku: string): Work;
}

/** A voucher that is owed for this long is given by the sweeper, again and again until that is settled or too often tried. */
const SWEPT_AFTER_MS = 10;
const SWEEPS_MAX = 100;

export function createQuests(
  world: World,
  { issue, countDecision }: Pick<Campaign, 'issue' | 'countDecision'>,
): Quests {
  const { bug, random, timeline, options } = world;
  const rewards = new Map<string, Reward>();

  function complete(request: Request, sku: string): Reward {
    const reward: Reward = {
      ...{ row: 'reward', questId: sku, skuId: sku, userId: request.buyer },
      ...{ outcome: 'OWED', orderId: null },
    };
    rewards.set(nameOf(sku, request.buyer), reward);
    return reward;
  }

  function settle(reward: Reward, answer: Answer): void {
    if (reward.outcome !== 'OWED') return;
    if (answer.outcome === 'ok') {
      reward.outcome = 'GIVEN';
      reward.orderId = answer.order ?? null;
    } else if (answer.code === 'CAMPAIGN_FULL' || answer.code === 'CAMPAIGN_ENDED') {
      reward.outcome = 'GONE';
    }
  }

  /** The sweeper has a process of its own, and keeps the call that completed the quest. */
  function sweepLater(reward: Reward, request: Request, sweepsLeft = SWEEPS_MAX): void {
    timeline.after(SWEPT_AFTER_MS * NS_PER_MS, () => {
      if (reward.outcome !== 'OWED' || sweepsLeft === 0) return;
      const instance = options.instances - 1;
      goOn(issue({ ...request, instance }, reward.skuId, { isSwept: true }));
      sweepLater(reward, request, sweepsLeft - 1);
    });

    function goOn(work: Work): void {
      if ('afterNs' in work) timeline.after(work.afterNs, () => goOn(work.goOn()));
      else settle(reward, work);
    }
  }

  return {
    rewards,

    submit(request, sku) {
      const { buyer, instance } = request;
      if (rewards.has(nameOf(sku, buyer))) return refuse('QUEST_COMPLETED');
      if (bug === 'unearned-voucher' && random() < 0.1)
        return giveUnearned(issue(request, sku, BY_CALL));
      const reward = complete(request, sku);
      if (world.errs('forgotten-reward', 0.1)) return STILL_OWED;
      sweepLater(reward, request);
      return {
        afterNs: world.upToMs(1),
        goOn: () =>
          isDead(world, instance) ? refuse('UNAVAILABLE') : give(issue(request, sku, BY_CALL)),
      };

      function give(work: Work): Work {
        if ('afterNs' in work) return { ...work, goOn: () => give(work.goOn()) };
        settle(reward, work);
        const isLie = work.outcome === 'ok' && world.errs('gone-and-given', 0.1);
        return answer(isLie ? refuse('CAMPAIGN_FULL', work.sequence) : work);
      }

      function answer(decided: Answer): Answer {
        // Nothing is decided yet, or the sweeper was faster.
        const isOpen = reward.outcome === 'OWED' || decided.code === 'ALREADY_REGISTERED';
        if (isOpen) return STILL_OWED;
        return countDecision(instance, { ...decided, status: 200 });
      }

      function giveUnearned(work: Work): Work {
        if ('afterNs' in work) return { ...work, goOn: () => giveUnearned(work.goOn()) };
        if (work.outcome === 'ok') world.harm++;
        return countDecision(instance, { ...work, status: 200 });
      }
    },
  };
}

const BY_CALL = { isSwept: false };

const STILL_OWED: Answer = { outcome: 'info', status: 202 };

const nameOf = (sku: string, player: string): string => `${sku} ${player}`;
