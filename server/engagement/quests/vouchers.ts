import type { Registration } from '../../../src/protocol/campaigns.ts';
import { GoneBecause } from '../../../src/protocol/quests.ts';
import type { QuestRow, VoucherFacts } from './quest.ts';
import type { Owed, Own, QuestStore } from './store.ts';

/** The part of campaigns that rewards need. */
export interface RewardCampaigns {
  /**
   * Gives a user the voucher of a campaign under the id of an order. It may be asked again and again, also at the same time
   * and after a server died: the user gets one voucher, and is told of it each time.
   */
  give(
    user: { userId: string; callId: string | undefined; orderId: string },
    campaignId: string,
  ): Promise<{ registration: Registration } | { code: string; sequence?: number }>;
  findRegistration(orderId: string): Promise<Registration | undefined>;
}

/** Gives the vouchers that completed quests promised. */
export interface QuestVouchers {
  /** Gives a voucher that is owed, or finds that there is none. Nothing changes while the campaign cannot decide. */
  settle(owed: Owed): Promise<VoucherFacts>;
  /** Settles the vouchers of these quests that nobody is giving. */
  settleOf(owns: readonly Own[]): Promise<void>;
  /** Settles up to `limit` vouchers that nobody gave in time, and resolves to their number. */
  settleDue(limit: number): Promise<number>;
}

/** The final one of a campaign's refusals. Any other leaves the voucher owed. */
const goneBecause = (code: string): GoneBecause | undefined => GoneBecause.safeParse(code).data;

/** Vouchers that are given at the same time. */
const AT_ONCE = 20;

/**
 * The completion of a quest and its voucher are two transactions, so the voucher is owed in between. The call that completed
 * the quest gives it; after a server that died, or a campaign that could not decide, whoever finds it owed does: the event of
 * the completion, a claim of the user, the sweeper. All of them use the order's id that was fixed with the completion, and a
 * trigger settles the debt in the transaction that issues the voucher. So there is one voucher, or one answer that it is
 * gone, and never both.
 */
export function createQuestVouchers(deps: {
  store: QuestStore;
  findQuest(questId: string): Promise<QuestRow | undefined>;
  campaigns: RewardCampaigns;
}): QuestVouchers {
  const { store, findQuest, campaigns } = deps;

  async function settle({ orderId, campaignId, callId, ...own }: Owed): Promise<VoucherFacts> {
    const user = { userId: own.userId, callId: callId ?? undefined, orderId };
    const given = await campaigns.give(user, campaignId);
    if ('registration' in given) return { registration: given.registration };
    const because = goneBecause(given.code);
    const quest = because && (await findQuest(own.questId));
    if (because === undefined || quest === undefined) return {};
    await store.markGone(quest, own, because);
    return given.sequence === undefined ? {} : { sequence: given.sequence };
  }

  async function settleAll(owed: readonly Owed[]): Promise<void> {
    for (let done = 0; done < owed.length; done += AT_ONCE) {
      await Promise.all(owed.slice(done, done + AT_ONCE).map(settle));
    }
  }

  return {
    settle,
    settleOf: async (owns) => settleAll(await store.findOwed(owns)),
    async settleDue(limit) {
      const owed = await store.takeOwed(limit);
      await settleAll(owed);
      return owed.length;
    },
  };
}
