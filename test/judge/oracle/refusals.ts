import { codeOfSomeLine } from '../../../src/history/operation.ts';
import { type Call, namesOf } from './calls.ts';
import type { Rule } from './rules.ts';
import {
  availableOf,
  boughtBy,
  countsOf,
  hasBought,
  hasHold,
  holdOf,
  holdOfVoucher,
  type Shop,
} from './shop.ts';
import { attemptOf, ticketOf, type World, waitingAttempts } from './world.ts';

export interface Claim {
  rule: Rule;
  /** The earliest moment of the look at the shop that the answer rests on. */
  lookFromMs: number;
  isTrue(shop: Shop, world: World): boolean;
}

/**
 * The claim that an answer makes about the shop as it was at one moment of the call: a refusal, or what a read tells.
 * Undefined if the answer claims nothing that others could see. A refusal of a wish may be that of its first call.
 */
export function claimOf(shop: Shop, call: Call): Claim | undefined {
  const { kind, code = '' } = call.operation;
  if (kind === 'read') return readOf(shop, call);
  const reason = REASONS[kind]?.[codeOfSomeLine(code) ?? code];
  if (reason === undefined) return undefined;
  const [rule, isTrueOf] = reason;
  const { lines = [call] } = call;
  const fromMs = call.wish?.fromMs ?? call.fromMs;
  const lookFromMs = rule === 'soldOut' ? fromMs - shop.refusalLagMs : fromMs;
  const isTrue: Claim['isTrue'] = (_, world) => lines.some((line) => isTrueOf(world, line, shop));
  return { rule, lookFromMs, isTrue };
}

function readOf({ readLagMs }: Shop, { operation, fromMs }: Call): Claim {
  const { sku = '', buyer = '', observed } = operation;
  const lookFromMs = fromMs - readLagMs;
  if (observed?.decision !== undefined) {
    const status = observed.decision === 'SUCCESS' ? 'succeeded' : 'pending';
    const isTrue: Claim['isTrue'] = (_, world) =>
      (attemptOf(world, sku, buyer)?.status ?? 'pending') === status;
    return { rule: 'decision', lookFromMs, isTrue };
  }
  return {
    rule: 'read',
    lookFromMs,
    isTrue: (shop, { holds }) => {
      const { available, reserved, sold } = countsOf(shop, holds, sku);
      return (
        available === observed?.available &&
        reserved === observed.reserved &&
        sold === observed.sold
      );
    },
  };
}

type Reason = (world: World, call: Call, shop: Shop) => boolean;

const isSoldOut: Reason = ({ holds }, { operation: { sku = '', quantity } }, shop) =>
  availableOf(shop, holds, sku) < quantity;

/** No more attempts are accepted than there are units. */
const isSpokenFor: Reason = (world, { operation: { sku = '', quantity } }, shop) =>
  availableOf(shop, world.holds, sku) - waitingAttempts(world, sku) < quantity;

const hasOne: Reason = ({ holds }, { operation: { sku = '', buyer = '' } }) =>
  hasHold(holds, sku, buyer);

const hasPurchase: Reason = ({ holds }, { operation: { sku = '', buyer = '' } }) =>
  hasBought(holds, sku, buyer);

/** A registration that got half-way is told so only if another one has bought its hold. */
const isRegistered: Reason = (world, call, shop) => {
  const made = holdOf(world.holds, namesOf(call).hold);
  return made === undefined
    ? hasPurchase(world, call, shop)
    : hasBought([made], made.sku, made.buyer);
};

const hasAttempted: Reason = (world, { operation: { sku = '', buyer = '' } }) =>
  attemptOf(world, sku, buyer) !== undefined;

const isIn =
  (...states: string[]): Reason =>
  ({ holds }, { operation }) => {
    const hold = holdOf(holds, operation.hold);
    return hold?.buyer === operation.buyer && states.includes(hold?.state ?? 'none');
  };

/** The code stands for the reason `hold-ended`, which is true of a hold that has ended in any way. */
const hasEnded = isIn('lapsed', 'swept', 'released', 'returned', 'sold', 'fulfilled');

const isNotTheirs: Reason = ({ holds }, { operation }) =>
  holdOf(holds, operation.hold)?.buyer !== operation.buyer;

/** A hold has an order also when that was made for it too late, and bought another hold in its place. */
const hasOrder: Reason = (world, call, shop) =>
  isIn('sold', 'fulfilled', 'returned')(world, call, shop) ||
  world.holds.some(
    ({ insteadOf, order, buyer }) =>
      insteadOf === call.operation.hold && order !== undefined && buyer === call.operation.buyer,
  );

const isNotTheirOrder: Reason = ({ holds }, { operation }) =>
  boughtBy(holds, operation.order)?.buyer !== operation.buyer;

const isNotTheirVoucher: Reason = ({ holds }, { operation }) =>
  holdOfVoucher(holds, operation.voucher)?.buyer !== operation.buyer;

const isUsed: Reason = ({ holds }, { operation }) => {
  const hold = holdOfVoucher(holds, operation.voucher);
  return hold?.buyer === operation.buyer && hold?.voucher?.usedBy !== undefined;
};

const isLetIn: Reason = (world, { operation }) => ticketOf(world, operation.ticket) !== undefined;

/** The reasons of the refusals of each kind of call, by their codes. */
const REASONS: Partial<Record<string, Record<string, [Rule, Reason]>>> = {
  reserve: {
    OUT_OF_STOCK: ['soldOut', isSoldOut],
    ALREADY_RESERVED: ['already', hasOne],
    ALREADY_PURCHASED: ['already', hasPurchase],
  },
  register: {
    CAMPAIGN_FULL: ['soldOut', isSoldOut],
    ALREADY_RESERVED: ['already', hasOne],
    ALREADY_REGISTERED: ['already', isRegistered],
  },
  buy: {
    OUT_OF_STOCK: ['soldOut', isSoldOut],
    ALREADY_RESERVED: ['already', hasOne],
    ALREADY_PURCHASED: ['already', hasPurchase],
  },
  attempt: {
    OUT_OF_STOCK: ['soldOut', isSpokenFor],
    ALREADY_RESERVED: ['already', hasOne],
    ALREADY_PURCHASED: ['already', hasPurchase],
    ALREADY_ATTEMPTED: ['attempted', hasAttempted],
  },
  confirm: {
    RESERVATION_EXPIRED: ['checkoutRefusal', isIn('lapsed', 'swept')],
    RESERVATION_NOT_ACTIVE: ['checkoutRefusal', hasEnded],
    ORDER_EXISTS: ['checkoutRefusal', hasOrder],
    NOT_FOUND: ['checkoutRefusal', isNotTheirs],
  },
  release: {
    RESERVATION_EXPIRED: ['releaseRefusal', isIn('lapsed', 'swept')],
    RESERVATION_NOT_ACTIVE: ['releaseRefusal', hasEnded],
    NOT_FOUND: ['releaseRefusal', isNotTheirs],
  },
  cancel: { NOT_FOUND: ['cancelRefusal', isNotTheirOrder] },
  'check-in': { TICKET_CHECKED_IN: ['ticketRefusal', isLetIn] },
  redeem: {
    VOUCHER_USED: ['voucherRefusal', isUsed],
    NOT_FOUND: ['voucherRefusal', isNotTheirVoucher],
  },
};
