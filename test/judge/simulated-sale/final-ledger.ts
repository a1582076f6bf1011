import { emptyLedger, type LedgerSnapshot } from '../../../src/history/ledger-snapshot.ts';
import type { Operation } from '../../../src/history/operation.ts';
import type {
  LedgerDelivery,
  LedgerMovement,
  LedgerReservation,
} from '../../../src/protocol/ledger.ts';
import type { Server } from './buyers.ts';
import type { Stock, StoredHold } from './stock.ts';
import { idOf, isoAt, SKU, type World } from './world.ts';

/** Reads the ledger when the sale is over, as the server's admin API would give it. */
export function readLedger(
  world: World,
  stock: Stock,
  { shop, campaign, flashSale }: Server,
  operations: Operation[],
): LedgerSnapshot {
  const { bug, random, options } = world;
  const lostHold =
    bug === 'lost-acknowledgement'
      ? operations.find(({ kind, outcome }) => kind === 'reserve' && outcome === 'ok')?.hold
      : undefined;
  if (lostHold !== undefined) world.harm++;
  const kept = stock.holds.filter(({ id }) => id !== lostHold);
  const reservations = kept.map((hold) => reservationOf(hold, stock));
  const [first] = reservations;
  if (bug === 'phantom' && first !== undefined) {
    world.harm++;
    reservations.push({ ...first, reservationId: idOf('a', 0), callId: idOf('c', 0) });
  }
  const isDelivered = (): boolean => {
    const isLost = bug === 'lost-event' && random() < 0.05;
    if (isLost) world.harm++;
    return !isLost;
  };
  const deliveries = stock.movements.filter(isDelivered).map(deliveryOf);
  if (bug === 'dead-sweeper') world.harm += stock.holds.filter(stock.hasLapsed).length;
  if (bug === 'stale-cache') world.harm++;
  const cached = bug === 'stale-cache' ? stock.available + 1 : stock.available;
  return {
    ...emptyLedger(),
    inventory: [
      {
        row: 'inventory',
        skuId: SKU,
        total: options.total,
        available: stock.available,
        reserved: unitsOf(kept, 'RESERVED'),
        sold: unitsOf(kept, 'CONFIRMED'),
        sequence: stock.movements.length,
      },
    ],
    reservations,
    orders: stock.orders.filter(({ reservationId }) => reservationId !== lostHold),
    movements: stock.movements.filter(({ reservationId }) => reservationId !== lostHold),
    vouchers: campaign.vouchers,
    attempts: flashSale.attempts,
    payments: shop.payments,
    deliveries,
    backlog: [{ row: 'backlog', skuId: SKU, pending: 0, deadLetters: 0 }],
    hotStock: [{ row: 'hot_stock', skuId: SKU, available: cached }],
  };
}

const unitsOf = (holds: StoredHold[], status: LedgerReservation['status']): number =>
  holds.filter((hold) => hold.status === status).reduce((sum, hold) => sum + hold.quantity, 0);

const reservationOf = (hold: StoredHold, { hasLapsed }: Stock): LedgerReservation => ({
  row: 'reservation',
  reservationId: hold.id,
  userId: hold.buyer,
  skuId: SKU,
  quantity: hold.quantity,
  status: hold.status,
  lapsed: hasLapsed(hold),
  callId: hold.callId,
  createdAt: isoAt(hold.createdNs),
  expiresAt: isoAt(hold.expiresNs),
});

const deliveryOf = ({ skuId, sequence, kind }: LedgerMovement): LedgerDelivery => ({
  row: 'delivery',
  group: 'analytics',
  eventId: `event-${sequence}`,
  topic: 'flash-sale-inventory-updates',
  type: kind === 'RESERVED' || kind === 'SOLD' ? kind : 'RELEASED',
  skuId,
  sequence,
});
