import type { Evidence } from '../../../src/checkers/evidence.ts';
import { copyOf, type Operation } from '../../../src/history/operation.ts';
import type { LedgerMovement } from '../../../src/protocol/ledger.ts';
import type { SimulationOptions } from '../../../src/simulation/world.ts';
import type { Disguise } from './described-shop.ts';
import { nameBaskets } from './rows.ts';

/** How a shop names things, if it gives a name again once the thing that had it is over. */
export interface Naming {
  /** The time from which on the name of a hold is free. */
  holds: 'never' | 'ended' | 'sold';
  /** True: each buyer has names of their own. */
  perBuyer: boolean;
  /** True: things of several SKUs have one name at the same time. */
  acrossSkus: boolean;
  orders: boolean;
  vouchers: boolean;
  /** True: the shop has one row for each name, and writes the next thing over the last one. */
  overwrites: boolean;
}

/**
 * The part of it that a shop of this kind may do, so that somebody can see it: names that answers do not tell, that only strangers got
 * again, or in whose rows others are written over them, nobody can tell apart. The name of an attempt is that of a wish.
 */
export function namingIn(
  naming: Naming,
  { tellsHolds, tellsOrders, strangersRate, unclassifiedRate }: Disguise,
  flow: SimulationOptions['flow'],
): Naming {
  const isSeen = strangersRate === 0 && unclassifiedRate === 0 && flow !== 'attempt';
  const isBasket = flow === 'reserve' && tellsHolds;
  const holds = naming.holds === 'sold' && !isBasket ? 'ended' : naming.holds;
  return {
    ...naming,
    holds: isSeen ? holds : 'never',
    orders: naming.orders && tellsOrders && isSeen,
    vouchers: naming.vouchers && isSeen,
    overwrites: naming.overwrites && tellsHolds,
  };
}

/** A thing of the sale, in the order in which these were made. */
interface Made {
  id: string;
  sku: string;
  buyer: string;
  callId: string | null;
  /** The numbers of the movements that made it and that freed its name. */
  from: number;
  until: number;
}

/** The same sale by a shop that gives names again. */
export function giveNamesAgain(evidence: Evidence, naming: Naming): Evidence {
  const { operations } = evidence;
  if (evidence.ledger === undefined) return evidence;
  const ledger = nameBaskets(evidence.ledger);
  const byHold = new Map<string, LedgerMovement[]>();
  for (const movement of ledger.movements) {
    const id = movement.reservationId as string;
    byHold.set(id, [...(byHold.get(id) ?? []), movement]);
  }
  const numberOf = (hold: string, ...kinds: LedgerMovement['kind'][]): number =>
    byHold.get(hold)?.find(({ kind }) => kinds.includes(kind))?.sequence ?? Infinity;

  const freed = ['RELEASED', 'EXPIRED', 'RETURNED', ...(naming.holds === 'sold' ? ['SOLD'] : [])];
  const holds = ledger.reservations.map((row): Made => {
    const id = row.reservationId as string;
    return {
      ...{ id, sku: row.skuId, buyer: row.userId as string, callId: row.callId },
      from: numberOf(id, 'RESERVED'),
      until: numberOf(id, ...(freed as LedgerMovement['kind'][])),
    };
  });
  const orders = ledger.orders.map((row): Made => {
    const hold = row.reservationId as string;
    return {
      ...{ id: row.orderId as string, sku: row.skuId, buyer: row.userId as string },
      callId: row.callId,
      from: numberOf(hold, 'RESERVED'),
      until: numberOf(hold, 'RETURNED'),
    };
  });
  const made = new Map(orders.map((order) => [order.id, order]));
  const vouchers = ledger.vouchers.map(({ code, orderId }): Made => {
    const order = made.get(orderId ?? '') as Made;
    return { ...order, id: code };
  });
  const names = {
    hold: naming.holds === 'never' ? new Map() : nameAll(holds, 'hold', evidence, naming),
    order: naming.orders ? nameAll(orders, 'order', evidence, naming) : new Map(),
    voucher: naming.vouchers ? nameAll(vouchers, 'voucher', evidence, naming) : new Map(),
  };
  const named = <Id extends string | null | undefined>(sort: keyof typeof names, id: Id): Id =>
    (names[sort].get(id) as Id | undefined) ?? id;
  const places = new Map(holds.map(({ id, from }) => [id, from]));
  const byAge = (a: { reservationId: string | null }, b: { reservationId: string | null }) =>
    (places.get(a.reservationId ?? '') ?? 0) - (places.get(b.reservationId ?? '') ?? 0);
  const lastOf = <Row>(rows: Row[], nameOf: (row: Row) => string): Row[] =>
    naming.overwrites ? [...new Map(rows.map((row) => [nameOf(row), row])).values()] : rows;
  return {
    ...evidence,
    operations: operations.map((call) => ({
      ...copyOf(call),
      hold: named('hold', call.hold),
      newHold: named('hold', call.newHold),
      order: named('order', call.order),
      voucher: named('voucher', call.voucher),
    })),
    ledger: {
      ...ledger,
      reservations: lastOf(
        ledger.reservations
          .toSorted(byAge)
          .map((row) => ({ ...row, reservationId: named('hold', row.reservationId) })),
        ({ reservationId, skuId }) => `${skuId} ${reservationId}`,
      ),
      orders: lastOf(
        ledger.orders.toSorted(byAge).map((row) => ({
          ...row,
          orderId: named('order', row.orderId),
          reservationId: named('hold', row.reservationId),
        })),
        ({ orderId, skuId }) => `${skuId} ${orderId}`,
      ),
      movements: ledger.movements.map((row) => ({
        ...row,
        reservationId: named('hold', row.reservationId),
      })),
      vouchers: lastOf(
        ledger.vouchers
          .toSorted(
            (a, b) =>
              (made.get(a.orderId ?? '')?.from ?? 0) - (made.get(b.orderId ?? '')?.from ?? 0),
          )
          .map((row) => ({
            ...row,
            code: named('voucher', row.code),
            orderId: named('order', row.orderId),
          })),
        ({ code, skuId }) => `${skuId} ${code}`,
      ),
      attempts: ledger.attempts.map((row) => ({ ...row, orderId: named('order', row.orderId) })),
      payments: ledger.payments.map((row) => ({ ...row, orderId: named('order', row.orderId) })),
    },
  };
}

/** Gives each thing a name that is free when it is made, and that no call can mean another thing by. */
function nameAll(
  things: Made[],
  sort: 'hold' | 'order' | 'voucher',
  { operations }: Evidence,
  { perBuyer, acrossSkus }: Naming,
): Map<string, string> {
  const byCallId = new Map(operations.map((call) => [call.callId, call]));
  const about = new Map<string, Operation[]>();
  for (const call of operations) {
    for (const id of new Set([call[sort], sort === 'hold' ? call.newHold : undefined])) {
      if (id !== undefined) about.set(id, [...(about.get(id) ?? []), call]);
    }
  }
  const names = new Map<string, string>();
  let isKnown = false;
  const pools = new Map<string, { name: string; last: Made }[]>();
  for (const thing of things.toSorted((a, b) => a.from - b.from)) {
    const { id, sku, buyer, callId, from } = thing;
    const scope = [perBuyer ? buyer.slice(-6) : '', acrossSkus ? '' : sku].join(' ').trim();
    const key = `${sku} ${perBuyer ? buyer : ''}`;
    const pool = pools.get(key) ?? [];
    pools.set(key, pool);
    const asked = callId === null ? undefined : byCallId.get(callId);
    const isFree = ({ last }: { last: Made }): boolean =>
      asked !== undefined &&
      // Nobody can know of a name that was given again if no answer tells of any.
      (asked.outcome === 'ok' || isKnown) &&
      last.until < from &&
      (about.get(last.id) ?? []).every((call) =>
        call.outcome === 'fail'
          ? call.completedAtNs < asked.invokedAtNs
          : call.invokedAtNs < asked.invokedAtNs,
      );
    const free = pool.find(isFree);
    const place = free ?? { name: `${sort[0]}${scope}-${pool.length + 1}`, last: thing };
    if (free === undefined) pool.push(place);
    else isKnown = true;
    place.last = thing;
    names.set(id, place.name);
  }
  return names;
}
