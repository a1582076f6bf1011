import { type Call, isUnnamed, namesOf } from './calls.ts';
import type { Effect, Moment } from './moment.ts';
import { type Hold, holdOf, holdOfVoucher, type Voucher } from './shop.ts';
import { holdAgain, sell, take } from './units.ts';
import { withChange } from './world.ts';

/**
 * Takes units and sells them in one call, which others may see in two steps. A registration and a purchase of tickets buy a
 * hold that an earlier call of the same buyer has left in place of a new one.
 */
export function takeAndSell(moment: Moment, call: Call, isHalfDone: boolean): Effect[] {
  const { holds } = moment.world;
  if (moment.shop.ticketSkus.has(call.operation.sku ?? '')) {
    return buyTickets(moment, call, isHalfDone);
  }
  if (isHalfDone) return sellWithVoucher(moment, call, holdOf(holds, namesOf(call).hold));
  const left = holds.filter((hold) => mayBeTheOne(moment, call, hold));
  return [
    ...left.flatMap((hold) => sellWithVoucher(moment, call, hold)),
    ...(isNamedAlready(moment, call) ? [] : take(moment, call)),
  ];
}

/** No answer names the units that a purchase of tickets holds at first: if they lapse before they are paid, it takes others. */
function buyTickets(moment: Moment, call: Call, isHalfDone: boolean): Effect[] {
  const { holds } = moment.world;
  const first = `first-of-call-${call.operation.id}`;
  if (isHalfDone) {
    const made = holdOf(holds, first);
    return [...sellWithVoucher(moment, call, made), ...payLate(moment, call, made)];
  }
  const left = holds.filter((hold) => mayBeTheOne(moment, call, hold));
  const lapsed = holds.filter((hold) => wasLeft(call, hold));
  return [
    ...left.flatMap((hold) => sellWithVoucher(moment, call, hold)),
    ...lapsed.flatMap((hold) => payLate(moment, call, hold)),
    ...(isNamedAlready(moment, call) ? [] : take(moment, call, first)),
  ];
}

/** True for a hold of the same buyer that the call may have found, and that lapsed while it was paid for. */
function wasLeft({ operation, fromMs }: Call, hold: Hold): boolean {
  const { sku, buyer, quantity } = operation;
  const isTheSame = hold.sku === sku && hold.buyer === buyer && hold.quantity === quantity;
  return (
    isTheSame && hold.basket === undefined && hold.state === 'swept' && hold.lapsesAtMs >= fromMs
  );
}

/** Takes units again and sells them at once. */
function payLate(moment: Moment, call: Call, before: Hold | undefined): Effect[] {
  if (isNamedAlready(moment, call)) return [];
  return holdAgain(moment, call, before).flatMap(({ world, step }) => {
    const again = holdOf(world.holds, namesOf(call).hold);
    const sold = sell({ ...moment, world }, call, again);
    return sold.map((effect) => ({ ...effect, step, others: [effect.step] }));
  });
}

/** Sells a hold under the name that the answer has for it. */
export function sellWithVoucher(moment: Moment, call: Call, hold: Hold | undefined): Effect[] {
  const { kind, hold: named, outcome } = call.operation;
  const told = outcome === 'ok' ? named : call.wish?.told?.hold;
  const isRenamed = told !== undefined && hold !== undefined && hold.id !== told;
  if (isRenamed && isNamedAlready(moment, call) && !moment.waived('owner')) return [];
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
  if (hold.quantity !== quantity || hold.basket !== undefined) return false;
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
