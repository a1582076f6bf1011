import type { Rule } from './rules.ts';
import {
  availableOf,
  boughtBy,
  type Call,
  countsOf,
  type Holds,
  hasBought,
  hasHold,
  holdOf,
  type Shop,
} from './shop.ts';

export interface Claim {
  rule: Rule;
  /** The earliest moment of the look at the shop that the refusal rests on. */
  lookFromMs: number;
  isTrue(shop: Shop, holds: Holds): boolean;
}

const SOLD_OUT = new Set(['OUT_OF_STOCK', 'CAMPAIGN_FULL']);

/**
 * The claim that an answer makes about the shop as it was at one moment of the call: a refusal, or the counts of a read.
 * Undefined if the answer claims nothing that others could see.
 */
export function claimOf(shop: Shop, call: Call): Claim | undefined {
  const { operation, fromMs } = call;
  const { kind, code = '', sku = '', buyer = '', quantity, observed } = operation;
  if (kind === 'read') {
    return {
      rule: 'read',
      lookFromMs: fromMs,
      isTrue: (shop, holds) => {
        const { available, reserved, sold } = countsOf(shop, holds, sku);
        return (
          available === observed?.available &&
          reserved === observed.reserved &&
          sold === observed.sold
        );
      },
    };
  }
  if (kind === 'reserve') {
    if (SOLD_OUT.has(code)) {
      return {
        rule: 'soldOut',
        lookFromMs: fromMs - shop.refusalLagMs,
        isTrue: (_, holds) => availableOf(shop, holds, sku) < quantity,
      };
    }
    const has = ALREADY.get(code);
    return has && claim('already', fromMs, (holds) => has(holds, sku, buyer));
  }
  if (kind === 'confirm') {
    const reason = CHECKOUT.get(code);
    return reason && claim('checkoutRefusal', fromMs, (holds) => reason(holds, call));
  }
  if (kind === 'release') {
    const reason = RELEASE.get(code);
    return reason && claim('releaseRefusal', fromMs, (holds) => reason(holds, call));
  }
  if (kind === 'cancel' && code === 'NOT_FOUND') {
    return claim('cancelRefusal', fromMs, (holds) => {
      return boughtBy(holds, operation.order)?.buyer !== buyer;
    });
  }
  return undefined;
}

const claim = (rule: Rule, lookFromMs: number, isTrue: (holds: Holds) => boolean): Claim => ({
  rule,
  lookFromMs,
  isTrue: (_, holds) => isTrue(holds),
});

const ALREADY = new Map([
  ['ALREADY_RESERVED', hasHold],
  ['ALREADY_PURCHASED', hasBought],
]);

type Reason = (holds: Holds, call: Call) => boolean;

const isIn =
  (...states: string[]): Reason =>
  (holds, { operation }) => {
    const hold = holdOf(holds, operation.hold);
    return hold?.buyer === operation.buyer && states.includes(hold?.state ?? 'none');
  };

const isNotTheirs: Reason = (holds, { operation }) =>
  holdOf(holds, operation.hold)?.buyer !== operation.buyer;

/** A hold has an order also when that was made for it too late, and bought another hold in its place. */
const hasOrder: Reason = (holds, call) =>
  isIn('sold', 'fulfilled', 'returned')(holds, call) ||
  holds.some(
    ({ insteadOf, order, buyer }) =>
      insteadOf === call.operation.hold && order !== undefined && buyer === call.operation.buyer,
  );

const CHECKOUT = new Map<string, Reason>([
  ['RESERVATION_EXPIRED', isIn('lapsed', 'swept')],
  ['RESERVATION_NOT_ACTIVE', isIn('released', 'returned')],
  ['ORDER_EXISTS', hasOrder],
  ['NOT_FOUND', isNotTheirs],
]);

const RELEASE = new Map<string, Reason>([
  ['RESERVATION_EXPIRED', isIn('lapsed', 'swept')],
  ['RESERVATION_NOT_ACTIVE', isIn('released', 'returned', 'sold', 'fulfilled')],
  ['NOT_FOUND', isNotTheirs],
]);
