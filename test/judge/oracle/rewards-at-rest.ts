import type { SaleFacts } from '../../../src/history/operation.ts';
import type { LedgerReward } from '../../../src/protocol/ledger.ts';
import type { Events, Step } from './moment.ts';
import { nameOfQuest } from './quests.ts';
import { availableOf, type Hold, shopOf } from './shop.ts';
import { type World, withChange, withHold } from './world.ts';

/**
 * Goes on until every quest is decided: whoever finds its voucher owed gives it, in the name of the call that completed it, or
 * finds that none is left.
 */
export function giveOwed(sale: SaleFacts, events: Events): Events {
  const shop = shopOf(sale);
  const { nowMs } = events;
  const steps = [...events.steps];
  let { world } = events;
  const ofQuests = world.holds.filter(({ sku }) => shop.rewardSkus.has(sku));
  for (const held of ofQuests) {
    if (isLive(held)) give(held);
    else if (held.state === 'live' || held.state === 'lapsed') move(held, 'swept');
  }
  for (const { id, sku, buyer } of ofQuests) {
    const own = world.holds.filter((hold) => hold.sku === sku && hold.buyer === buyer);
    const quest = nameOfQuest(sku, buyer);
    if (world.gone.includes(quest) || own.some(({ state }) => state !== 'swept')) continue;
    if (availableOf(shop, world.holds, sku) === 0) {
      world = { ...world, gone: [...world.gone, quest] };
      continue;
    }
    const times = { lapsesFromMs: nowMs + shop.holdTtlMs, lapsesAtMs: nowMs + shop.holdTtlMs };
    const again: Hold = {
      ...{ id: `${id}-at-rest`, sku, buyer, quantity: 1, state: 'live', ...times },
    };
    world = withHold(world, again);
    note('held', again.id, callOf(id));
    give(again);
  }
  return { steps, world, nowMs };

  function isLive({ state, lapsesAtMs }: Hold): boolean {
    return state === 'live' && nowMs < lapsesAtMs;
  }

  function give(hold: Hold): void {
    const { id } = hold;
    move(hold, 'sold', { order: `order-of-${id}`, voucher: { code: `voucher-of-${id}` } });
  }

  function move(hold: Hold, state: 'sold' | 'swept', more: Partial<Hold> = {}): void {
    world = withChange(world, hold, { state, ...more });
    note(state, hold.id, state === 'sold' ? callOf(hold.id) : undefined);
  }

  function note(event: Step['event'], hold: string, call: number | undefined): void {
    steps.push({ atMs: nowMs, event, hold, ...(call !== undefined && { call }) });
  }

  function callOf(hold: string): number | undefined {
    return steps.find((step) => step.event === 'held' && step.hold === hold)?.call;
  }
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
