import { emptyLedger, type LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import type { Operation } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { idOf, STRANGER, type World } from '../world.ts';
import type { InventoryRow, ReservationRow } from './rows.ts';
import type { Server } from './server.ts';
import type { StoredHold } from './stock.ts';

/** Kinds of calls whose yes tells of a hold. */
const TAKES = new Set(['reserve', 'buy']);

/** Reads the ledger when the sale is over, as the server's admin API would give it. */
export function readLedger(
  world: World,
  { stock, shop, baskets, campaign, quests, flashSale, tickets, events, analytics }: Server,
  operations: Operation[],
): LedgerSnapshot {
  const { bug, clock, skus } = world;
  const lostHold =
    bug === 'lost-acknowledgement'
      ? operations.find(({ kind, outcome }) => TAKES.has(kind) && outcome === 'ok')?.hold
      : undefined;
  if (lostHold !== undefined) world.harm++;
  const isKept = (hold: string): boolean => hold !== lostHold;
  const kept = stock.holds.filter(({ id }) => isKept(id));
  const keptOf = groupBy(kept, ({ sku }) => sku);
  const reservations = kept.map((hold): ReservationRow => {
    const { id, buyer, sku, quantity, status, callId, createdNs, expiresNs } = hold;
    return {
      row: 'reservation',
      reservationId: id,
      userId: buyer,
      skuId: sku,
      quantity,
      status,
      lapsed: stock.hasLapsed(hold),
      callId,
      createdAt: clock.iso(createdNs),
      expiresAt: clock.iso(expiresNs),
    };
  });
  const [first] = reservations;
  const orders = [...stock.orders.values()].filter(({ reservationId }) => isKept(reservationId));
  if (bug === 'phantom' && first !== undefined) {
    world.harm++;
    const [order] = orders;
    if (order !== undefined && world.options.flow === 'buy') {
      orders.push({
        ...order,
        orderId: idOf('d', 0),
        reservationId: idOf('a', 0),
        status: 'CONFIRMED',
      });
    }
    reservations.push({ ...first, reservationId: idOf('a', 0), callId: idOf('c', 0) });
  }
  if (bug === 'row-of-another') {
    const unanswered = new Set(
      operations.map(({ kind, outcome, callId }) =>
        kind === 'reserve' && outcome === 'info' ? callId : undefined,
      ),
    );
    for (const row of reservations) {
      if (row.callId === null || !unanswered.has(row.callId)) continue;
      row.userId = STRANGER;
      world.harm++;
    }
  }
  if (bug === 'dead-sweeper') world.harm += stock.holds.filter(stock.hasLapsed).length;
  if (bug === 'stale-cache') world.harm++;
  const tooMany = bug === 'stale-cache' ? 1 : 0;
  return {
    ...emptyLedger(),
    inventory: skus.map((sku) => inventoryOf(sku, keptOf.get(sku) ?? [], world, stock.shelf(sku))),
    reservations,
    orders,
    movements: stock.movements.filter(({ reservationId }) => isKept(reservationId ?? '')),
    vouchers: [...campaign.vouchers.values()],
    rewards: [...quests.rewards.values()],
    attempts: [...flashSale.attempts.values()],
    payments: [...shop.payments.values()],
    tickets: [...tickets.tickets.values()],
    lines: baskets.lines().filter(({ reservationId }) => isKept(reservationId ?? '')),
    deliveries: events.deliveries,
    notifications: events.notifications,
    backlog: skus.map((skuId) => ({ row: 'backlog', skuId, pending: 0, deadLetters: 0 })),
    hotStock: skus.map((skuId) => ({
      ...{ row: 'hot_stock', skuId, available: stock.shelf(skuId).available + tooMany },
    })),
    tracks: analytics.tracks(),
    buckets: analytics.buckets(),
  };
}

function inventoryOf(
  skuId: string,
  kept: StoredHold[],
  { options }: World,
  { available, sequence }: { available: number; sequence: number },
): InventoryRow {
  const unitsOf = (wanted: ReservationRow['status']): number => {
    let units = 0;
    for (const { status, quantity } of kept) if (status === wanted) units += quantity;
    return units;
  };
  const reserved = unitsOf('RESERVED');
  const sold = unitsOf('CONFIRMED');
  return { row: 'inventory', skuId, total: options.total, available, reserved, sold, sequence };
}
