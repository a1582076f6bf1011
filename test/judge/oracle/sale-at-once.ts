import { type Call, isUnnamed, namesOf } from './calls.ts';
import type { Effect, Moment } from './moment.ts';
import { isDecided } from './quests.ts';
import { type Hold, holdOf, holdOfVoucher, type Voucher } from './shop.ts';
import { sell, take } from './units.ts';
import { withChange } from './world.ts';

/**
 * Takes units and sells them in one call, which others may see in two steps. A registration and a purchase of tickets buy a
 * hold that an earlier call of the same buyer has left in place of a new one.
 */
export function takeAndSell(moment: Moment, call: Call, isHalfDone: boolean): Effect[] {
  const { holds } = moment.world;
  if (call.isOfQuest && !isHalfDone) {
    return isDecided(moment.world, call) && !moment.waived('reward') ? [] : take(moment, call);
  }
  if (isHalfDone) return sellWithVoucher(moment, call, holdOf(holds, namesOf(call).hold));
  const left = holds.filter((hold) => mayBeTheOne(moment, call, hold));
  return [
    ...left.flatMap((hold) => sellWithVoucher(moment, call, hold)),
    ...(isNamedAlready(moment, call) ? [] : take(moment, call)),
  ];
}

function sellWithVoucher(moment: Moment, call: Call, hold: Hold | undefined): Effect[] {
  const { kind, hold: named, outcome } = call.operation;
  const told = outcome === 'ok' ? named : call.wish?.told?.hold;
  const isRenamed = told !== undefined && hold !== undefined && hold.id !== told;
  return sell(moment, call, hold, {
    ...(isRenamed && { alias: told }),
    ...(kind === 'register' && { voucher: { code: namesOf(call).voucher } }),
  });
}

/** True for a hold of the same buyer that has the name of the answer, or none. */
function mayBeTheOne({ shop, world }: Moment, call: Call, hold: Hold): boolean {
  const { kind, sku = '', buyer, quantity } = call.operation;
  const takesUp = kind === 'register' || shop.ticketSkus.has(sku);
  if (!takesUp || hold.state !== 'live') return false;
  if (hold.sku !== sku || hold.buyer !== buyer) return false;
  if (hold.quantity !== quantity) return false;
  const { hold: name } = namesOf(call);
  if (isUnnamed(name) || hold.id === name) return true;
  return isUnnamed(hold.id) && hold.alias === undefined && holdOf(world.holds, name) === undefined;
}

const isNamedAlready = ({ world }: Moment, call: Call): boolean =>
  holdOf(world.holds, namesOf(call).hold) !== undefined;

/** A voucher is good for one use by its owner. */
export function redeem({ world, nowMs, waived }: Moment, { operation }: Call): Effect[] {
  const hold = holdOfVoucher(world.holds, operation.voucher);
  const { usedBy, isOver } = hold?.voucher ?? {};
  if (hold === undefined) return [];
  if ((usedBy !== undefined || isOver) && !waived('voucher')) return [];
  if (hold.buyer !== operation.buyer && !waived('owner')) return [];
  return [useOf(hold, { usedBy: operation.id })];

  function useOf(before: Hold, change: Partial<Voucher>): Effect {
    const voucher = { ...(before.voucher as Voucher), ...change };
    return {
      world: withChange(world, before, { voucher }),
      step: { atMs: nowMs, event: 'used', hold: before.id, call: operation.id },
      isComplete: true,
    };
  }
}
