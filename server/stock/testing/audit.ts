import type { Pool } from 'pg';
import { TOPICS } from '../../../src/protocol/events.ts';

interface InventoryRow {
  sku_id: string;
  total_count: number;
  reserved_count: number;
  sold_count: number;
  available_count: number;
  sequence: number;
}

interface ReservationRow {
  reservation_id: string;
  user_id: string;
  sku_id: string;
  quantity: number;
  status: string;
  basket_id: string | null;
  order_id: string | null;
  order_status: string | null;
  order_user: string | null;
  order_quantity: number | null;
  order_price: string | null;
  price: string;
}

export interface MovementRow {
  sku_id: string;
  sequence: number;
  kind: string;
  quantity: number;
  reservation_id: string;
  user_id: string | null;
  order_id: string | null;
}

interface EventRow {
  topic: string;
  key: string;
  type: string;
  payload: { orderId?: string };
}

/**
 * The possible sequences of movements of a hold, each with the status of its reservation and the possible statuses of its
 * order; null: no order.
 */
const TRAILS: Record<string, { status: string; order: (string | null)[] }> = {
  RESERVED: { status: 'RESERVED', order: [null, 'PENDING'] },
  'RESERVED SOLD': { status: 'CONFIRMED', order: ['CONFIRMED', 'FULFILLED'] },
  'RESERVED RELEASED': { status: 'CANCELLED', order: [null, 'PENDING', 'CANCELLED'] },
  'RESERVED EXPIRED': { status: 'EXPIRED', order: [null, 'PENDING', 'CANCELLED'] },
  'RESERVED SOLD RETURNED': { status: 'CANCELLED', order: ['CANCELLED'] },
};

/** The available units that a movement of each kind takes, per unit moved. */
const TAKEN: Record<string, number> = {
  RESERVED: 1,
  SOLD: 0,
  RELEASED: -1,
  EXPIRED: -1,
  RETURNED: -1,
};

/** The kinds of movements that name an order: those that sell, and those by which an order is cancelled. */
const OF_ORDERS = ['SOLD', 'RETURNED'];

/**
 * Reads the whole ledger while nothing changes it. Returns one sentence per contradiction, none when the ledger is right. It
 * is written in TypeScript while the ledger is in SQL, so that the two do not share a mistake.
 */
export async function auditLedger(pool: Pool): Promise<string[]> {
  const [inventory, reservations, movements, events] = await Promise.all([
    pool.query<InventoryRow>('SELECT * FROM inventory ORDER BY sku_id'),
    pool.query<ReservationRow>(
      `SELECT r.reservation_id, r.user_id, r.sku_id, r.quantity, r.status::text, r.basket_id,
         o.order_id, o.status::text AS order_status, o.user_id AS order_user, o.quantity AS order_quantity, o.total_price::text AS order_price,
         (p.flash_sale_price * r.quantity)::text AS price
       FROM reservations r LEFT JOIN products p USING (sku_id) LEFT JOIN orders o
         ON o.reservation_id = r.reservation_id AND o.status <> 'FAILED'`,
    ),
    pool.query<MovementRow>('SELECT * FROM stock_movements ORDER BY sku_id, sequence'),
    pool.query<EventRow>('SELECT topic, key, type, payload FROM outbox ORDER BY id'),
  ]);
  const movementsOf = groupBy(movements.rows, (movement) => movement.sku_id);
  const reservationsOf = groupBy(reservations.rows, (reservation) => reservation.sku_id);
  const eventsOf = groupBy(events.rows, (event) => event.key);

  const stocked = new Set(inventory.rows.map(({ sku_id }) => sku_id));
  const strays = reservations.rows
    .filter(({ sku_id }) => !stocked.has(sku_id))
    .map((row) => `${row.sku_id}: reservation ${row.reservation_id} of what has no stock`);
  const findings = inventory.rows.flatMap((stock) => {
    const skuMovements = movementsOf.get(stock.sku_id) ?? [];
    const skuReservations = reservationsOf.get(stock.sku_id) ?? [];
    return [
      ...auditCounts(stock, skuReservations),
      ...auditSequence(stock, skuMovements),
      ...auditTrails(skuReservations, skuMovements),
      ...auditOrders(skuReservations),
      ...auditOwners(skuReservations, skuMovements),
      ...auditCancellations(
        stock.sku_id,
        skuReservations,
        skuMovements,
        eventsOf.get(stock.sku_id) ?? [],
      ),
    ];
  });
  return [...strays, ...auditBaskets(reservations.rows), ...findings];
}

/** Checks that the lines of a basket have gone the same way. */
function auditBaskets(reservations: ReservationRow[]): string[] {
  const lines = reservations.filter((row) => row.basket_id !== null);
  return [...groupBy(lines, (row) => row.basket_id as string)].flatMap(([basketId, rows]) => {
    const ways = new Set(rows.map((row) => `${row.status} ${row.order_status}`));
    return ways.size === 1 ? [] : [`basket ${basketId} has lines ${[...ways].join(', ')}`];
  });
}

function auditCounts(stock: InventoryRow, reservations: ReservationRow[]): string[] {
  const units = (status: string) =>
    reservations.filter((row) => row.status === status).reduce((sum, row) => sum + row.quantity, 0);
  const reserved = units('RESERVED');
  const sold = units('CONFIRMED');
  return [
    ...expectEqual(`${stock.sku_id}: reserved_count`, stock.reserved_count, reserved),
    ...expectEqual(`${stock.sku_id}: sold_count`, stock.sold_count, sold),
    ...expectEqual(
      `${stock.sku_id}: available_count`,
      stock.available_count,
      stock.total_count - reserved - sold,
    ),
    ...(reserved + sold > stock.total_count
      ? [`${stock.sku_id}: ${reserved + sold} units are held or sold of ${stock.total_count}`]
      : []),
  ];
}

/** Checks that the numbers are 1, 2, 3 …, and that no movement in their order takes a unit that is not available. */
function auditSequence(stock: InventoryRow, movements: MovementRow[]): string[] {
  const gap = movements.findIndex((movement, place) => movement.sequence !== place + 1);
  const overdrawn = availableAfter(stock.total_count, movements).findIndex((units) => units < 0);
  return [
    ...(gap < 0 ? [] : [`${stock.sku_id}: movement ${gap + 1} is missing`]),
    ...(overdrawn < 0
      ? []
      : [`${stock.sku_id}: movement ${overdrawn} took a unit that was not there`]),
    ...expectEqual(`${stock.sku_id}: sequence`, stock.sequence, movements.length),
  ];
}

/** The available units after each movement, by its number. The first entry is the total. */
export function availableAfter(total: number, movements: MovementRow[]): number[] {
  const available = [total];
  for (const { kind, quantity } of movements) {
    available.push((available.at(-1) as number) - (TAKEN[kind] as number) * quantity);
  }
  return available;
}

function auditTrails(reservations: ReservationRow[], movements: MovementRow[]): string[] {
  const trailOf = groupBy(movements, (movement) => movement.reservation_id);
  const known = new Set(reservations.map((row) => row.reservation_id));
  return [
    ...reservations.flatMap((row) => {
      const trail = trailOf.get(row.reservation_id) ?? [];
      const name = `${row.sku_id}: reservation ${row.reservation_id} (${row.status})`;
      const wrongQuantity = trail.some((movement) => movement.quantity !== row.quantity);
      return [
        ...auditWay(name, row, trail.map((movement) => movement.kind).join(' ')),
        ...(wrongQuantity ? [`${name}: a movement of another quantity than ${row.quantity}`] : []),
      ];
    }),
    ...movements
      .filter((movement) => !known.has(movement.reservation_id))
      .map(({ sku_id, sequence }) => `${sku_id}: movement ${sequence} without a reservation`),
  ];
}

function auditWay(name: string, row: ReservationRow, way: string): string[] {
  const allowed = TRAILS[way];
  if (allowed === undefined) return [`${name} went ${way}`];
  return [
    ...expectEqual(`${name}: status after ${way}`, row.status, allowed.status),
    ...(allowed.order.includes(row.order_status)
      ? []
      : [`${name}: after ${way} its order is ${row.order_status}`]),
  ];
}

function auditOrders(reservations: ReservationRow[]): string[] {
  return reservations.flatMap((row) => {
    const name = `${row.sku_id}: reservation ${row.reservation_id} (${row.status})`;
    if (row.order_id === null) return [];
    return [
      ...expectEqual(`${name}: order's user`, row.order_user, row.user_id),
      ...expectEqual(`${name}: order's quantity`, row.order_quantity, row.quantity),
      ...expectEqual(`${name}: order's price`, row.order_price, row.price),
    ];
  });
}

/** Checks that movements name their buyer and their order, because consumers are told of them by nothing else. */
function auditOwners(reservations: ReservationRow[], movements: MovementRow[]): string[] {
  const reservationOf = new Map(reservations.map((row) => [row.reservation_id, row]));
  return movements.flatMap((movement) => {
    const row = reservationOf.get(movement.reservation_id);
    const name = `${movement.sku_id}: movement ${movement.sequence} (${movement.kind})`;
    const order = movement.order_id ?? undefined;
    return [
      ...expectEqual(`${name}: its user`, movement.user_id, row?.user_id ?? null),
      ...(OF_ORDERS.includes(movement.kind)
        ? expectEqual(`${name}: its order`, order, row?.order_id ?? undefined)
        : []),
      ...(movement.kind === 'RESERVED' || movement.kind === 'EXPIRED'
        ? expectEqual(`${name}: its order`, order, undefined)
        : []),
    ];
  });
}

/** Checks that every cancelled order is told of once: by a movement, or where no units came back by an event. */
function auditCancellations(
  skuId: string,
  reservations: ReservationRow[],
  movements: MovementRow[],
  events: EventRow[],
): string[] {
  const cancelled = reservations
    .filter((row) => row.order_status === 'CANCELLED')
    .map((row) => row.order_id);
  const told = [
    ...events
      .filter(({ topic, type }) => topic === TOPICS.orders && type === ORDER_CANCELLED)
      .map(({ payload }) => payload.orderId),
    ...movements
      .filter(({ kind, order_id }) => kind === 'RETURNED' || (kind === 'RELEASED' && order_id))
      .map(({ order_id }) => order_id),
  ];
  const list = (ids: (string | null | undefined)[]) => ids.toSorted().join(' ');
  return [
    ...expectEqual(`${skuId}: orders told to be cancelled`, list(told), list(cancelled)),
    ...expectEqual(
      `${skuId}: other events`,
      events.filter(
        ({ topic, type }) =>
          topic !== TOPICS.tickets && type !== ORDER_CANCELLED && type !== ORDER_FULFILLED,
      ).length,
      0,
    ),
  ];
}

const ORDER_FULFILLED = 'ORDER_FULFILLED';
const ORDER_CANCELLED = 'ORDER_CANCELLED';

function groupBy<Row>(rows: Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}

const expectEqual = <Value>(what: string, actual: Value, expected: Value): string[] =>
  actual === expected ? [] : [`${what} is ${actual}, should be ${expected}`];
