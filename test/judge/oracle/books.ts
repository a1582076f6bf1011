import { emptyLedger, type LedgerSnapshot } from '../../../src/history/ledger-snapshot.ts';
import type { Operation, SaleFacts } from '../../../src/history/operation.ts';
import type { LedgerMovement, LedgerTicket, MovementKind } from '../../../src/protocol/ledger.ts';
import type { OrderStatus } from '../../../src/protocol/orders.ts';
import type { ReservationStatus } from '../../../src/protocol/reservations.ts';
import { analyticsOf } from './analytics.ts';
import { GATE } from './history.ts';
import type { Events, Step } from './moment.ts';
import { giveOwed, rewardsOf } from './rewards-at-rest.ts';
import { type Hold, type HoldState, type Holds, shopOf } from './shop.ts';
import type { World } from './world.ts';

export const MOVEMENTS: Partial<Record<Step['event'], MovementKind>> = {
  held: 'RESERVED',
  sold: 'SOLD',
  released: 'RELEASED',
  returned: 'RETURNED',
  swept: 'EXPIRED',
};

/**
 * The final ledger of a shop in which these events happened. The ledger has a clock of its own: `offsetMs` is how far it
 * is ahead of the history's.
 */
export function booksOf(
  sale: SaleFacts,
  operations: readonly Operation[],
  events: Events,
  offsetMs: number,
): LedgerSnapshot {
  const { steps, world } = atRest(sale, giveOwed(sale, events));
  const { holds } = world;
  const timeOf = (ms: number): string => new Date(sale.startedAtMs + offsetMs + ms).toISOString();
  const stepOf = (event: Step['event'], hold: string): Step | undefined =>
    steps.findLast((step) => step.event === event && step.hold === hold);
  const callIdOf = (call: number | undefined): string | null =>
    operations.find(({ id }) => id === call)?.callId ?? null;

  const ledger = emptyLedger();
  ledger.movements = movementsOf(steps, holds, timeOf);
  for (const hold of holds) {
    const { id, buyer, sku, quantity, order, voucher, lapsesAtMs, basket } = hold;
    const reservationId = publicIdOf(hold);
    const common = { userId: buyer, skuId: sku, quantity };
    ledger.reservations.push({
      ...{ row: 'reservation', reservationId, ...common, status: RESERVATION[hold.state] },
      ...{ lapsed: false, callId: callIdOf(stepOf('held', id)?.call) },
      ...{ createdAt: timeOf(lapsesAtMs - (sale.holdTtlMs ?? 0)), expiresAt: timeOf(lapsesAtMs) },
    });
    if (basket !== undefined) {
      const line = { basketId: basket, skuId: sku, userId: buyer, reservationId };
      ledger.lines.push({ row: 'line', ...line, orderId: order ?? null });
    }
    if (order === undefined) continue;
    const sold = stepOf('sold', id);
    const soldAt = timeOf(sold?.atMs ?? 0);
    const totalPrice = `${quantity}0.00`;
    ledger.orders.push({
      ...{ row: 'order', orderId: order, reservationId, ...common, totalPrice },
      ...{ status: orderStatusOf(hold.state), callId: callIdOf(sold?.call), createdAt: soldAt },
    });
    ledger.payments.push({
      // One payment pays for all lines of a basket.
      ...{ row: 'payment', transactionId: `payment-of-${basket ?? order}`, skuId: sku },
      ...{ userId: buyer, orderId: order, amount: totalPrice },
      status: hold.state === 'returned' ? 'REFUNDED' : 'CHARGED',
    });
    if (voucher === undefined) continue;
    const usedAtMs = stepOf('used', id)?.atMs;
    ledger.vouchers.push({
      ...{ row: 'voucher', voucherId: `id-of-${voucher.code}`, code: voucher.code },
      ...{ campaignId: sku, skuId: sku, userId: buyer, orderId: order, issuedAt: soldAt },
      usedAt: usedAtMs === undefined ? null : timeOf(usedAtMs),
      usedByCallId: callIdOf(voucher.usedBy),
    });
  }
  ledger.attempts = world.attempts.map(({ sku, buyer, call, status, order }) => ({
    ...{ row: 'attempt', saleId: sku, skuId: sku, userId: buyer },
    ...{ status: status === 'succeeded' ? 'SUCCESS' : 'FAILED', orderId: order ?? null },
    callId: callIdOf(call),
    createdAt: timeOf(
      steps.find((step) => step.event === 'accepted' && step.call === call)?.atMs ?? 0,
    ),
  }));
  ledger.rewards = rewardsOf(sale, world);
  Object.assign(ledger, analyticsOf(operations, steps, timeOf));
  ledger.tickets = ticketsOf(sale, world, (call) => {
    const step = steps.find((each) => each.event === 'let in' && each.call === call);
    return step && { checkedInAt: timeOf(step.atMs), checkedInByCallId: callIdOf(call) };
  });
  ledger.inventory = sale.skus.map(({ skuId, total }) => {
    const sold = holds
      .filter(({ sku, state }) => sku === skuId && (state === 'sold' || state === 'fulfilled'))
      .reduce((sum, { quantity }) => sum + quantity, 0);
    const sequence = ledger.movements.filter((movement) => movement.skuId === skuId).length;
    return { row: 'inventory', skuId, total, available: total - sold, reserved: 0, sold, sequence };
  });
  return ledger;
}

const RESERVATION: Record<HoldState, ReservationStatus> = {
  live: 'RESERVED',
  lapsed: 'RESERVED',
  swept: 'EXPIRED',
  released: 'CANCELLED',
  sold: 'CONFIRMED',
  fulfilled: 'CONFIRMED',
  returned: 'CANCELLED',
};

/** The order that bought a hold stands until it is cancelled. */
const orderStatusOf = (state: HoldState): OrderStatus => {
  if (state === 'returned') return 'CANCELLED';
  return state === 'fulfilled' ? 'FULFILLED' : 'CONFIRMED';
};

/** The id by which buyers and ledger name a hold. */
const publicIdOf = ({ id, alias }: Hold): string => alias ?? id;

/** A ticket for each unit that was sold as one, of which the first were let in. */
function ticketsOf(
  sale: SaleFacts,
  { holds, tickets }: World,
  checkInBy: (call: number) => Partial<LedgerTicket> | undefined,
): LedgerTicket[] {
  const { ticketSkus } = shopOf(sale);
  return holds.flatMap(({ sku, buyer, quantity, order }) => {
    if (order === undefined || !ticketSkus.has(sku)) return [];
    const letIn = tickets.filter((each) => each.order === order);
    return Array.from({ length: quantity }, (_, place): LedgerTicket => {
      const checkIn = letIn[place] && checkInBy(letIn[place].call);
      return {
        ...{ row: 'ticket', ticketId: `ticket-${place + 1}-of-${order}`, skuId: sku },
        ...{ userId: buyer, orderId: order, issuedAt: null },
        ...{ checkedInAt: null, checkedInByCallId: null },
        ...{ checkedInBy: checkIn ? GATE : null, gate: checkIn ? 'north' : null },
        ...checkIn,
      };
    });
  });
}

/** Goes on until every hold has ended, and attempts that nobody decided have failed: holds that nobody bought are swept. */
function atRest(sale: SaleFacts, { steps, world, nowMs }: Events): Events {
  const { holds } = world;
  const open = holds
    .filter(({ state }) => state === 'live' || state === 'lapsed')
    .toSorted((a, b) => a.lapsesAtMs - b.lapsesAtMs);
  const sweeps = open.map(
    ({ id, lapsesAtMs }): Step => ({ atMs: Math.max(nowMs, lapsesAtMs), event: 'swept', hold: id }),
  );
  return {
    steps: [...steps, ...sweeps],
    world: {
      ...world,
      holds: holds.map((hold) => (open.includes(hold) ? { ...hold, state: 'swept' } : hold)),
    },
    nowMs: Math.max(nowMs, ...open.map(({ lapsesAtMs }) => lapsesAtMs + sale.sweepGraceMs)),
  };
}

function movementsOf(
  steps: readonly Step[],
  holds: Holds,
  timeOf: (ms: number) => string,
): LedgerMovement[] {
  const counts = new Map<string, number>();
  const byId = new Map(holds.map((hold) => [hold.id, hold]));
  return steps.flatMap((step): LedgerMovement[] => {
    const kind = MOVEMENTS[step.event];
    if (kind === undefined) return [];
    const hold = byId.get(step.hold ?? '') as Hold;
    const { sku, quantity } = hold;
    const sequence = (counts.get(sku) ?? 0) + 1;
    counts.set(sku, sequence);
    const at = timeOf(step.atMs);
    const reservationId = publicIdOf(hold);
    return [{ row: 'movement', skuId: sku, sequence, kind, quantity, reservationId, at }];
  });
}
