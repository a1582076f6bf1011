import type { LedgerMovement, MovementKind } from '../../protocol/ledger.ts';
import { priceOf } from '../prices.ts';
import { idOf, STRANGER, type World } from '../world.ts';
import type { EventLog } from './events.ts';
import type { Instances } from './instances.ts';
import type { OrderRow, ReservationRow } from './rows.ts';

export interface StoredHold {
  id: string;
  sku: string;
  buyer: string;
  quantity: number;
  status: ReservationRow['status'];
  /** On the ledger's clock, as is `expiresNs`. */
  createdNs: number;
  expiresNs: number;
  callId: string;
  /** The id of the basket that it is a line of. */
  basket?: string;
  /** The number of the movement that made it. */
  sequence: number;
}

/** The units of one SKU by state, and the number of its last movement. */
export interface Shelf {
  available: number;
  reserved: number;
  sold: number;
  sequence: number;
}

export interface WantedHold {
  sku: string;
  buyer: string;
  quantity: number;
  callId: string;
  instance: number;
  /** The time by which the hold is dated, on the ledger's clock; now if absent. */
  sinceNs?: number;
  id?: string;
  basket?: string;
}

/** The stock with its holds, movements and orders: the part of the ledger that every way of selling uses. */
export interface Stock {
  shelf(sku: string): Shelf;
  holds: StoredHold[];
  holdsById: Map<string, StoredHold>;
  /** The lines of baskets, by the ids of these. */
  baskets: Map<string, StoredHold[]>;
  movements: LedgerMovement[];
  orders: Map<string, OrderRow>;
  /** The hold that counts against the buyer's limit of a SKU: live, lapsed and not yet swept, or sold. */
  holdOf(sku: string, buyer: string): StoredHold | undefined;
  hasEverHeld(sku: string, buyer: string): boolean;
  /** True when a hold is past its expiry and not yet swept. */
  hasLapsed(hold: StoredHold): boolean;
  /** Takes units off sale; the sweeper puts them back when the hold lapses. */
  take(wanted: WantedHold): StoredHold;
  /** Records an order for a hold, to be paid. */
  place(hold: StoredHold, callId: string): OrderRow;
  /** Sells a hold by an order. Returns the movement's number. */
  sell(hold: StoredHold, order: OrderRow, instance: number): number;
  /** Puts the units of a hold back on sale. Returns the movement's number. */
  giveBack(hold: StoredHold, kind: 'RELEASED' | 'EXPIRED' | 'RETURNED', instance: number): number;
}

type State = 'available' | 'reserved' | 'sold';

/** The state that a movement takes units from, and the one that it puts them into. */
const WAY_OF: Record<MovementKind, [State, State]> = {
  RESERVED: ['available', 'reserved'],
  SOLD: ['reserved', 'sold'],
  RELEASED: ['reserved', 'available'],
  EXPIRED: ['reserved', 'available'],
  RETURNED: ['sold', 'available'],
};

export function createStock(world: World, { inc }: Instances, events: EventLog): Stock {
  const { bug, random, timeline, clock, options } = world;
  const ttlNs = options.holdTtlMs * 1e6;
  const shelves = new Map(
    world.skus.map((sku) => [sku, { available: options.total, reserved: 0, sold: 0, sequence: 0 }]),
  );
  const holdOfBuyer = new Map<string, StoredHold>();
  const everHeld = new Set<string>();
  let placed = 0;
  const keyOf = ({ sku, buyer }: { sku: string; buyer: string }) => `${sku} ${buyer}`;

  function move(kind: MovementKind, hold: StoredHold, atNs: number, instance: number): number {
    const { sku, buyer, quantity, id } = hold;
    const shelf = stock.shelf(sku);
    const [from, to] = WAY_OF[kind];
    shelf[from] -= quantity;
    const isMixedUp = to === 'available' && world.errs('mixed-skus', 0.2);
    const target = isMixedUp
      ? stock.shelf(world.skus.find((other) => other !== sku) ?? sku)
      : shelf;
    const isRow = to === 'available' && quantity > 1 && world.errs('rows-not-units');
    target[to] += isRow ? 1 : quantity;
    const sequence = ++shelf.sequence;
    stock.movements.push({
      ...{ row: 'movement', skuId: sku, sequence, kind, quantity, reservationId: id },
      at: clock.iso(world.errs('misdated', 0.1) ? atNs - 60e9 : atNs),
    });
    events.moved(kind, { sku, buyer, sequence });
    if (bug === 'uncounted' && kind === 'RESERVED' && random() < 0.2) world.harm++;
    else inc(instance, 'flashsale_stock_movements_total', { kind });
    return sequence;
  }

  function scheduleSweep(hold: StoredHold): void {
    if (bug === 'dead-sweeper') return;
    const lead = bug === 'early-expiry' ? -ttlNs * 0.8 : 0;
    const lapsesNs = clock.whenNs(hold.expiresNs + lead);
    const batchMs = Math.min(options.batchMs, 0.1 * options.sweepGraceMs);
    const sweptNs = lapsesNs + world.upToMs(0.9 * options.sweepGraceMs - batchMs);
    timeline.at(batchMs === options.batchMs ? world.commitNs(sweptNs) : sweptNs, () => {
      if (hold.status !== 'RESERVED') return;
      if (hold.expiresNs > clock.nowNs()) world.harm++;
      stock.giveBack(hold, 'EXPIRED', options.instances - 1);
    });
  }

  const stock: Stock = {
    shelf: (sku) => shelves.get(sku) as Shelf,
    holds: [],
    holdsById: new Map(),
    baskets: new Map(),
    movements: [],
    orders: new Map(),
    holdOf: (sku, buyer) => holdOfBuyer.get(keyOf({ sku, buyer })),
    hasEverHeld: (sku, buyer) => everHeld.has(keyOf({ sku, buyer })),
    hasLapsed: (hold) => hold.status === 'RESERVED' && hold.expiresNs <= clock.nowNs(),

    take({ instance, id, sinceNs = clock.nowNs(), ...wanted }) {
      const hold: StoredHold = {
        ...wanted,
        id: id ?? idOf('a', stock.holds.length + 1),
        status: 'RESERVED',
        createdNs: sinceNs,
        expiresNs: sinceNs + (world.errs('short-hold') ? ttlNs / 2 : ttlNs),
        sequence: 0,
      };
      stock.holds.push(hold);
      stock.holdsById.set(hold.id, hold);
      holdOfBuyer.set(keyOf(hold), hold);
      everHeld.add(keyOf(hold));
      if (hold.basket !== undefined) {
        stock.baskets.set(hold.basket, [...(stock.baskets.get(hold.basket) ?? []), hold]);
      }
      hold.sequence = move('RESERVED', hold, sinceNs, instance);
      scheduleSweep(hold);
      return hold;
    },

    place({ id, buyer, sku, quantity }, callId) {
      const order: OrderRow = {
        row: 'order',
        orderId: idOf('d', ++placed),
        reservationId: id,
        userId: world.errs('order-of-another', 0.1) ? STRANGER : buyer,
        skuId: sku,
        quantity: world.errs('wrong-quantity', 0.3) ? quantity + 1 : quantity,
        totalPrice: priceOf(
          sku,
          world.errs('wrong-price', 0.3) ? quantity + 1 : quantity,
          options.flow,
        ),
        status: 'PENDING',
        callId,
        createdAt: clock.iso(clock.nowNs()),
      };
      stock.orders.set(order.orderId, order);
      return order;
    },

    sell(hold, order, instance) {
      hold.status = 'CONFIRMED';
      order.status = 'CONFIRMED';
      order.reservationId = hold.id;
      holdOfBuyer.set(keyOf(hold), hold);
      return move('SOLD', hold, clock.nowNs(), instance);
    },

    giveBack(hold, kind, instance) {
      hold.status = kind === 'EXPIRED' ? 'EXPIRED' : 'CANCELLED';
      if (holdOfBuyer.get(keyOf(hold)) === hold) holdOfBuyer.delete(keyOf(hold));
      if (bug === 'double-release' && kind === 'RELEASED') {
        world.harm++;
        move(kind, hold, clock.nowNs(), instance);
      }
      return move(kind, hold, clock.nowNs(), instance);
    },
  };
  return stock;
}
