import type { LedgerSnapshot } from '../../../src/history/ledger-snapshot.ts';
import type {
  LedgerMovement,
  LedgerReservation,
  MovementKind,
} from '../../../src/protocol/ledger.ts';
import type { Instances } from './instances.ts';
import { idOf, isoAt, NS_PER_MS, SKU, type World } from './world.ts';

export interface StoredHold {
  id: string;
  buyer: string;
  quantity: number;
  status: LedgerReservation['status'];
  createdNs: number;
  expiresNs: number;
  callId: string;
}

/** The server's answer to a call. */
export interface Answer {
  outcome: 'ok' | 'fail';
  status: number;
  code?: string;
  hold?: string;
  order?: string;
  voucher?: string;
  sequence?: number;
  decision?: string;
}

/** The stock of the one SKU with its holds, movements and orders: the part of the ledger that every way of selling uses. */
export interface Stock {
  available: number;
  holds: StoredHold[];
  holdsById: Map<string, StoredHold>;
  /** The hold that counts against each buyer's limit. */
  holdOfBuyer: Map<string, StoredHold>;
  movements: LedgerMovement[];
  orders: LedgerSnapshot['orders'];
  /** True when a hold is past its expiry and not yet swept. */
  hasLapsed(hold: StoredHold): boolean;
  take(
    buyer: string,
    quantity: number,
    callId: string,
    instance: number,
  ): { hold: StoredHold; number: number };
  sell(hold: StoredHold, callId: string, instance: number): { order: string; sequence: number };
  /** Puts the units of a hold back on sale. Returns the movement's number. */
  giveBack(hold: StoredHold, kind: 'RELEASED' | 'EXPIRED' | 'RETURNED', instance: number): number;
  scheduleSweep(hold: StoredHold): void;
}

export function createStock(world: World, { inc }: Instances): Stock {
  const { bug, random, timeline, options } = world;
  const ttlNs = options.holdTtlMs * NS_PER_MS;
  const holds: StoredHold[] = [];
  const holdsById = new Map<string, StoredHold>();
  const holdOfBuyer = new Map<string, StoredHold>();
  const movements: LedgerMovement[] = [];
  const orders: LedgerSnapshot['orders'] = [];

  function move(kind: MovementKind, hold: StoredHold, instance: number): number {
    const sequence = movements.length + 1;
    movements.push({
      row: 'movement',
      skuId: SKU,
      sequence,
      kind,
      quantity: hold.quantity,
      reservationId: hold.id,
      at: isoAt(timeline.nowNs()),
    });
    if (bug === 'uncounted' && kind === 'RESERVED' && random() < 0.2) world.harm++;
    else inc(instance, `flashsale_stock_movements_total ${kind}`);
    return sequence;
  }

  const stock: Stock = {
    available: options.total,
    holds,
    holdsById,
    holdOfBuyer,
    movements,
    orders,
    hasLapsed: (hold) => hold.status === 'RESERVED' && hold.expiresNs <= timeline.nowNs(),

    take(buyer, quantity, callId, instance) {
      stock.available -= quantity;
      const hold: StoredHold = {
        id: idOf('a', holds.length + 1),
        buyer,
        quantity,
        status: 'RESERVED',
        createdNs: timeline.nowNs(),
        expiresNs: timeline.nowNs() + ttlNs,
        callId,
      };
      holds.push(hold);
      holdsById.set(hold.id, hold);
      holdOfBuyer.set(buyer, hold);
      return { hold, number: move('RESERVED', hold, instance) };
    },

    sell(hold, callId, instance) {
      hold.status = 'CONFIRMED';
      holdOfBuyer.set(hold.buyer, hold);
      const sequence = move('SOLD', hold, instance);
      const order = idOf('d', orders.length + 1);
      orders.push({
        row: 'order',
        orderId: order,
        reservationId: hold.id,
        userId: hold.buyer,
        skuId: SKU,
        quantity: hold.quantity,
        totalPrice: '1.00',
        status: 'CONFIRMED',
        callId,
        createdAt: isoAt(timeline.nowNs()),
      });
      return { order, sequence };
    },

    giveBack(hold, kind, instance) {
      hold.status = kind === 'EXPIRED' ? 'EXPIRED' : 'CANCELLED';
      holdOfBuyer.delete(hold.buyer);
      stock.available += hold.quantity;
      if (bug === 'double-release' && kind === 'RELEASED') {
        world.harm++;
        stock.available += hold.quantity;
        move(kind, hold, instance);
      }
      return move(kind, hold, instance);
    },

    scheduleSweep(hold) {
      if (bug === 'dead-sweeper') return;
      const lead = bug === 'early-expiry' ? -ttlNs * 0.8 : 0;
      const afterNs = lead + Math.floor(random() * 0.9 * options.sweepGraceMs * NS_PER_MS);
      timeline.at(hold.expiresNs + afterNs, () => {
        if (hold.status !== 'RESERVED') return;
        if (hold.expiresNs > timeline.nowNs()) world.harm++;
        stock.giveBack(hold, 'EXPIRED', options.instances - 1);
      });
    },
  };
  return stock;
}
