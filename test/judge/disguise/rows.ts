import type { Evidence } from '../../../src/checkers/evidence.ts';
import {
  emptyLedger,
  type LedgerSnapshot,
  LIST_OF_KIND,
} from '../../../src/history/ledger-snapshot.ts';
import { createRandom } from '../../../src/kernel/random.ts';
import type { LedgerEntry, LedgerLine } from '../../../src/protocol/ledger.ts';
import type { Disguise } from './described-shop.ts';

/** The rows of the shop's books. */
export function disguiseRows(evidence: Evidence, as: Disguise): LedgerSnapshot | undefined {
  if (as.rows.length === 0) return undefined;
  const all = nameBaskets({ ...emptyLedger(), ...copyOfBooks(evidence) });
  if (!as.keepsEndedOrders) {
    const before = all.orders;
    all.orders = before.filter(({ status }) => status === 'CONFIRMED' || status === 'FULFILLED');
  }
  addOlder(all, evidence, as);
  if (!as.keepsEndedHolds) {
    all.reservations = all.reservations.filter(
      ({ status, lapsed }) => status === 'RESERVED' && lapsed === false,
    );
  }
  const given: LedgerSnapshot = emptyLedger();
  for (const kind of as.rows) {
    const list = LIST_OF_KIND[kind];
    for (const row of shuffled(all[list] as LedgerEntry[], as.seed)) {
      const { basket, ...told }: LedgerEntry & Marked = foreign(row, as);
      (given[list] as LedgerEntry[]).push(told);
      given.lines.push(...linesOf(told, basket));
    }
  }
  if (!as.tellsBaskets) given.lines = [];
  return given;
}

/** A row that names the basket of which it is a line. */
interface Marked {
  basket?: string;
}

/** The books with baskets named in the rows of reservations and orders, as a described shop has them. */
export function nameBaskets<
  Books extends Pick<LedgerSnapshot, 'reservations' | 'orders' | 'lines'>,
>(books: Books): Books {
  const basketOf = new Map(
    books.lines.map(({ reservationId, basketId }) => [reservationId, basketId]),
  );
  const named = <Row extends { reservationId: string | null } & Marked>(row: Row): Row => {
    const basket = row.basket ?? basketOf.get(row.reservationId);
    return basket === undefined ? row : { ...row, basket };
  };
  const { reservations, orders } = books;
  return { ...books, reservations: reservations.map(named), orders: orders.map(named), lines: [] };
}

/** The line that a row of a basket tells of. */
function linesOf(row: LedgerEntry, basketId: string | undefined): LedgerLine[] {
  if (basketId === undefined || (row.row !== 'order' && row.row !== 'reservation')) return [];
  const { skuId, userId, reservationId } = row;
  const orderId = row.row === 'order' ? row.orderId : null;
  return [{ row: 'line', basketId, skuId, userId, reservationId, orderId }];
}

/** The rows in any order, as a query without ORDER BY gives them. */
function shuffled<Row>(rows: Row[], seed: number): Row[] {
  const random = createRandom(seed);
  return rows
    .map((row) => ({ row, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ row }) => row);
}

const copyOfBooks = ({ ledger }: Evidence): Partial<LedgerSnapshot> => ({
  inventory: (ledger?.inventory ?? []).map((row) => ({ ...row })),
  reservations: [...(ledger?.reservations ?? [])],
  orders: [...(ledger?.orders ?? [])],
  movements: [...(ledger?.movements ?? [])],
  vouchers: [...(ledger?.vouchers ?? [])],
  attempts: [...(ledger?.attempts ?? [])],
  payments: [...(ledger?.payments ?? [])],
  lines: [...(ledger?.lines ?? [])],
});

/** Adds orders, with their holds, that are older than the sale. */
function addOlder(all: LedgerSnapshot, { sale }: Evidence, { olderOrders = 0 }: Disguise): void {
  const createdAtMs = sale.startedAtMs - 3_600_000;
  const createdAt = new Date(createdAtMs).toISOString();
  const expiresAt = new Date(createdAtMs + 1_234).toISOString();
  for (const { skuId } of sale.skus) {
    const inventory = all.inventory.find((row) => row.skuId === skuId);
    for (let place = 0; place < olderOrders; place++) {
      const name = `old-${skuId}-${place}`;
      const facts = { userId: name, skuId, quantity: 1, callId: null, createdAt };
      all.orders.push({
        ...{ row: 'order', orderId: name, reservationId: `hold-${name}`, ...facts },
        ...{ totalPrice: '3.00', status: 'CONFIRMED' },
      });
      all.reservations.push({
        ...{ row: 'reservation', reservationId: `hold-${name}`, ...facts },
        ...{ status: 'CONFIRMED', lapsed: false, expiresAt },
      });
    }
    if (inventory === undefined) continue;
    inventory.total = (inventory.total ?? 0) + olderOrders;
    inventory.sold = (inventory.sold ?? 0) + olderOrders;
  }
}

/** A row with the columns and the ids of the shop. */
function foreign<Row extends { row: string }>(row: Row, as: Disguise): Row {
  const hidden = as.hidden.flatMap((column) => {
    const [kind, name = ''] = column.split('.');
    return kind === row.row ? [name] : [];
  });
  return {
    ...row,
    ...renamed(row, as),
    ...('callId' in row && as.callIds !== 'stored' ? { callId: null } : {}),
    ...('usedByCallId' in row ? { usedByCallId: null } : {}),
    ...(row.row === 'inventory' && !as.sequences ? { sequence: null } : {}),
    ...Object.fromEntries(hidden.map((name) => [name, null])),
  };
}

/**
 * Ids of another kind: the number at the end of those in the answers, as a serial column would have it. The second hold of a
 * late payment is numbered by its order.
 */
function renamed(row: object, { renamed }: Disguise): object {
  const columns = [
    ...(renamed.includes('order') ? ['orderId'] : []),
    ...(renamed.includes('reservation') ? ['reservationId'] : []),
    ...(renamed.includes('buyer') ? ['userId'] : []),
  ];
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) => {
      if (!columns.includes(name) || typeof value !== 'string') return [];
      const isSecondHold = name === 'reservationId' && value.startsWith('d');
      return [[name, `${isSecondHold ? 'second-' : 'n'}${value.slice(-12)}`]];
    }),
  );
}
