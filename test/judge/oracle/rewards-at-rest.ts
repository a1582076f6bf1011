import type { SaleFacts } from '../../../src/history/operation.ts';
import type { LedgerReward } from '../../../src/protocol/ledger.ts';
import type { Events, Step } from './moment.ts';
import { nameOfQuest } from './quests.ts';
import { shopOf } from './shop.ts';
import type { World } from './world.ts';

/** Goes on until every voucher that is owed for a quest is given: whoever finds it owed gives it, in the name of the call. */
export function giveOwed(sale: SaleFacts, events: Events): Events {
  const { rewardSkus } = shopOf(sale);
  const { steps, world, nowMs } = events;
  const given: Step[] = [];
  const holds = world.holds.map((hold) => {
    if (hold.state !== 'live' || !rewardSkus.has(hold.sku)) return hold;
    const call = steps.find((step) => step.event === 'held' && step.hold === hold.id)?.call;
    given.push({ atMs: nowMs, event: 'sold', hold: hold.id, ...(call && { call }) });
    const voucher = { code: `voucher-of-${hold.id}` };
    return { ...hold, state: 'sold' as const, order: `order-of-${hold.id}`, voucher };
  });
  return { steps: [...steps, ...given], world: { ...world, holds }, nowMs };
}

/** The completed quests, with what their players got. */
export function rewardsOf(sale: SaleFacts, { holds, gone }: World): LedgerReward[] {
  const skus = [...shopOf(sale).rewardSkus];
  const rows = holds.flatMap(({ sku, buyer, order }): LedgerReward[] =>
    skus.includes(sku) && order !== undefined
      ? [{ ...rewardOf(sku, buyer), outcome: 'GIVEN', orderId: order }]
      : [],
  );
  const players = new Set(gone);
  const goneRows = skus.flatMap((sku) =>
    [...players]
      .filter((name) => name.startsWith(nameOfQuest(sku, '')))
      .map(
        (name): LedgerReward => ({
          ...rewardOf(sku, name.slice(nameOfQuest(sku, '').length)),
          ...{ outcome: 'GONE', orderId: null },
        }),
      ),
  );
  return [...rows, ...goneRows];
}

const rewardOf = (skuId: string, userId: string) =>
  ({ row: 'reward', questId: `quest-of-${skuId}`, skuId, userId }) as const;
