import type { Operation } from '../../../src/history/operation.ts';
import type { CorrectStock } from './correct-stock.ts';
import { nameOfQuest } from './quests.ts';
import type { Random } from './random.ts';
import { availableOf, type Hold } from './shop.ts';

/**
 * The counter at which quests are completed. The call that completes one is given its voucher, or told that none is left; a
 * unit that lapses before it is sold is held again, if there is one.
 */
export function createQuests(stock: CorrectStock, random: Random) {
  const { refuse, change, shop } = stock;
  /** The calls that completed a quest. */
  const completedBy = new Map<string, number>();
  return { complete };

  function complete(request: Operation): Operation | undefined {
    const { id, sku = '', buyer = '' } = request;
    const quest = nameOfQuest(sku, buyer);
    const by = completedBy.get(quest);
    if (by !== undefined && by !== id) return refuse(request, 'QUEST_COMPLETED');
    if (by === undefined && random.chance(3)) return refuse(request, 'RATE_LIMITED');
    completedBy.set(quest, id);
    stock.sweepOwn(sku, buyer);
    const tries = stock.world.holds.filter((hold) => hold.sku === sku && hold.buyer === buyer);
    const held = tries.find(({ state }) => state === 'live');
    if (held !== undefined) return give(request, held);
    if (availableOf(shop, stock.world.holds, sku) === 0) {
      stock.world = { ...stock.world, gone: [...stock.world.gone, quest] };
      return refuse(request, 'CAMPAIGN_FULL');
    }
    const made = stock.hold(`hold-${id}-${tries.length + 1}`, id, { sku, buyer, quantity: 1 });
    return random.chance(50) ? give(request, made) : undefined;
  }

  function give(request: Operation, hold: Hold): Operation {
    const { id } = request;
    const made = { order: `order-${id}`, voucher: `voucher-${id}` };
    change(hold, { state: 'sold', order: made.order, voucher: { code: made.voucher } }, 'sold', id);
    return { ...request, hold: hold.id, ...made };
  }
}
