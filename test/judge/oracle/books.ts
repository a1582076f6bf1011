import { emptyLedger, type LedgerSnapshot } from '../../../src/history/ledger-snapshot.ts';
import type { Operation, SaleFacts } from '../../../src/history/operation.ts';
import type { LedgerMovement, MovementKind } from '../../../src/protocol/ledger.ts';
import type { OrderStatus } from '../../../src/protocol/orders.ts';
import type { ReservationStatus } from '../../../src/protocol/reservations.ts';
import type { Step } from './effects.ts';
import type { Hold, HoldState, Holds } from './shop.ts';

/** The events of a shop in their order, and what was in it after the last of them. */
export interface Events {
  steps: readonly Step[];
  holds: Holds;
  nowMs: number;
}

const MOVEMENTS: Partial<Record<Step['event'], MovementKind>> = {
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
  const { steps, holds } = atRest(sale, events);
  const timeOf = (ms: number): string => new Date(sale.startedAtMs + offsetMs + ms).toISOString();
  const makers = new Map<string, Step>();
  const sellers = new Map<string, Step>();
  for (const step of steps) {
    if (step.event === 'held') makers.set(step.hold ?? '', step);
    if (step.event === 'sold') sellers.set(step.hold ?? '', step);
  }
  const callIdOf = (step: Step | undefined): string | null =>
    operations.find(({ id }) => id === step?.call)?.callId ?? null;

  const ledger = emptyLedger();
  ledger.movements = movementsOf(steps, holds, timeOf);
  for (const hold of holds) {
    const { id, buyer, sku, quantity, order } = hold;
    const createdAt = timeOf(hold.lapsesAtMs - (sale.holdTtlMs ?? 0));
    const common = { userId: buyer, skuId: sku, quantity };
    ledger.reservations.push({
      ...{ row: 'reservation', reservationId: id, ...common, status: RESERVATION[hold.state] },
      ...{ lapsed: false, callId: callIdOf(makers.get(id)) },
      ...{ createdAt, expiresAt: timeOf(hold.lapsesAtMs) },
    });
    if (order === undefined) continue;
    const sold = sellers.get(id);
    const totalPrice = `${quantity}0.00`;
    ledger.orders.push({
      ...{ row: 'order', orderId: order, reservationId: id, ...common, totalPrice },
      ...{
        status: orderStatusOf(hold.state),
        callId: callIdOf(sold),
        createdAt: timeOf(sold?.atMs ?? 0),
      },
    });
    ledger.payments.push({
      ...{ row: 'payment', transactionId: `payment-of-${order}`, skuId: sku, userId: buyer },
      ...{ orderId: order, amount: totalPrice },
      status: hold.state === 'returned' ? 'REFUNDED' : 'CHARGED',
    });
  }
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

/** Goes on until every hold has ended: those that nobody bought lapse and are swept. */
function atRest(sale: SaleFacts, { steps, holds, nowMs }: Events): Events {
  const open = holds
    .filter(({ state }) => state === 'live' || state === 'lapsed')
    .toSorted((a, b) => a.lapsesAtMs - b.lapsesAtMs);
  const sweeps = open.map(
    ({ id, lapsesAtMs }): Step => ({ atMs: Math.max(nowMs, lapsesAtMs), event: 'swept', hold: id }),
  );
  return {
    steps: [...steps, ...sweeps],
    holds: holds.map((hold) => (open.includes(hold) ? { ...hold, state: 'swept' } : hold)),
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
    const { id, sku, quantity } = byId.get(step.hold ?? '') as Hold;
    const sequence = (counts.get(sku) ?? 0) + 1;
    counts.set(sku, sequence);
    const at = timeOf(step.atMs);
    return [{ row: 'movement', skuId: sku, sequence, kind, quantity, reservationId: id, at }];
  });
}

/** The answers with the sequence numbers that a server with these events would have put into them. */
export function withSequences(
  operations: readonly Operation[],
  { steps, holds }: Events,
): Operation[] {
  const skus = new Map(holds.map(({ id, sku }) => [id, sku]));
  const counts = new Map<string, number>();
  const sequences = new Map<number, number>();
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  for (const { event, hold, call, atMs } of steps) {
    if (MOVEMENTS[event] !== undefined) {
      const sku = skus.get(hold ?? '') ?? '';
      const sequence = (counts.get(sku) ?? 0) + 1;
      counts.set(sku, sequence);
      if (call !== undefined) sequences.set(call, sequence);
    }
    const isLook = event === 'refused' || event === 'read';
    const look = isLook && call !== undefined ? byId.get(call) : undefined;
    if (look === undefined || (look.kind !== 'reserve' && look.kind !== 'read')) continue;
    const isFromMemory = atMs * 1e6 < look.invokedAtNs;
    if (!isFromMemory) sequences.set(look.id, counts.get(look.sku ?? '') ?? 0);
  }
  return operations.map((operation) => {
    const sequence = sequences.get(operation.id);
    if (operation.outcome === 'info' || sequence === undefined) return operation;
    return { ...operation, sequence };
  });
}
