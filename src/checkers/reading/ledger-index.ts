import { type LedgerSnapshot, LIST_OF_KIND } from '../../history/ledger-snapshot.ts';
import { hasNull } from '../../history/row-in-columns.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { lazy, memoized } from '../../kernel/memo.ts';
import type {
  LedgerAttempt,
  LedgerEntry,
  LedgerRowKind,
  LedgerTicket,
} from '../../protocol/ledger.ts';
import type { Attribution, Evidence } from '../evidence.ts';
import { type HandledTopic, handledTopics } from './handled-topics.ts';
import {
  fillMovements,
  fillOrders,
  fillPayments,
  fillReservations,
  fillVouchers,
  type MovementRow,
  type OrderRow,
  type PaymentRow,
  type ReservationRow,
  type VoucherRow,
} from './rows.ts';

/** The columns of a kind of row. */
type ColumnOf<Kind extends LedgerRowKind> = keyof Extract<LedgerEntry, { row: Kind }> & string;

/** The final ledger of the SKUs on sale, with the indexes that the checks need. */
export interface LedgerIndex
  extends Omit<
    LedgerSnapshot,
    'deliveries' | 'reservations' | 'orders' | 'movements' | 'vouchers' | 'payments'
  > {
  reservations: ReservationRow[];
  orders: OrderRow[];
  movements: MovementRow[];
  vouchers: VoucherRow[];
  payments: PaymentRow[];
  /** True when the target promised rows of this kind: only then does the absence of a row mean anything. */
  keeps(kind: LedgerRowKind): boolean;
  /** Where rows were given to calls by what they have in common: see `attribute`. */
  attribution: Attribution | undefined;
  /** True when all rows of this kind have a value in this column. */
  knows<Kind extends Exclude<LedgerRowKind, 'delivery'>>(
    kind: Kind,
    column: ColumnOf<Kind>,
  ): boolean;
  reservationById: Map<string, ReservationRow>;
  reservationsBySku: Map<string, ReservationRow[]>;
  ordersBySku: Map<string, OrderRow[]>;
  orderById: Map<string, OrderRow>;
  ordersByReservation: Map<string, OrderRow[]>;
  ordersByCallId: Map<string, OrderRow[]>;
  vouchersByOrder: Map<string, VoucherRow[]>;
  voucherByCode: Map<string, VoucherRow>;
  ticketsByOrder: Map<string, LedgerTicket[]>;
  /** The tickets that were let in, by the ids of the calls that did it. */
  letInBy: Map<string, LedgerTicket[]>;
  attemptsByBuyer: Map<string, LedgerAttempt[]>;
  /** The deliveries, by group and topic. */
  handledTopics: HandledTopic[];
  /** Per SKU, ascending by sequence. */
  movementsBySku: Map<string, MovementRow[]>;
  /** Per reservation, ascending by sequence. */
  movementsByReservation: Map<string, MovementRow[]>;
}

/**
 * Indexes the final ledger once per evidence. Rows of other SKUs belong to other sales and are left out, and so are rows of
 * kinds that nobody promised: nobody knows if they are all there. A ledger of which nothing was promised is none.
 */
export const indexLedger = memoized((evidence: Evidence): { index: LedgerIndex | undefined } => {
  const { ledger, sale } = evidence;
  const promised = new Set(sale.evidence.ledger);
  if (ledger === undefined || promised.size === 0) return { index: undefined };
  const onSale = new Set(sale.skus.map(({ skuId }) => skuId));
  const ofSale = <Kind extends Exclude<LedgerRowKind, 'delivery'>>(
    kind: Kind,
  ): LedgerSnapshot[(typeof LIST_OF_KIND)[Kind]] => {
    const rows: { skuId: string }[] = promised.has(kind) ? ledger[LIST_OF_KIND[kind]] : [];
    return rows.filter(({ skuId }) =>
      onSale.has(skuId),
    ) as LedgerSnapshot[(typeof LIST_OF_KIND)[Kind]];
  };

  const reservations = fillReservations(ofSale('reservation'));
  const orders = fillOrders(ofSale('order'));
  const movements = fillMovements(ofSale('movement')).sort((a, b) => a.sequence - b.sequence);
  const vouchers = fillVouchers(ofSale('voucher'));
  const tickets = ofSale('ticket');
  const attempts = ofSale('attempt');
  const known = new Map<string, boolean>();
  // Each takes megabytes for a big sale, and no check needs them all.
  const handled = lazy(() =>
    handledTopics(promised.has('delivery') ? ledger.deliveries : [], onSale),
  );
  const reservationById = lazy(() => mapBy(reservations, (row) => row.reservationId));
  const reservationsBySku = lazy(() => groupBy(reservations, (row) => row.skuId));
  const ordersBySku = lazy(() => groupBy(orders, (row) => row.skuId));
  const orderById = lazy(() => mapBy(orders, (row) => row.orderId));
  const ordersByReservation = lazy(() => groupBy(orders, (row) => row.reservationId));
  const ordersByCallId = lazy(() => groupBy(orders, (row) => row.callId ?? undefined));
  const vouchersByOrder = lazy(() => groupBy(vouchers, (row) => row.orderId));
  const voucherByCode = lazy(() => mapBy(vouchers, (row) => row.code));
  const ticketsByOrder = lazy(() => groupBy(tickets, (row) => row.orderId ?? undefined));
  const letInBy = lazy(() => groupBy(tickets, (row) => row.checkedInByCallId ?? undefined));
  const attemptsByBuyer = lazy(() => groupBy(attempts, (row) => ofBuyer(row.skuId, row.userId)));
  const movementsBySku = lazy(() => groupBy(movements, (row) => row.skuId));
  const movementsByReservation = lazy(() => groupBy(movements, (row) => row.reservationId));
  return {
    index: {
      attribution: evidence.attribution,
      keeps: (kind) => promised.has(kind),
      knows(kind, column) {
        const key = `${kind} ${column}`;
        const isKnown =
          known.get(key) ?? !hasNull(ofSale(kind) as LedgerEntry[], column as keyof LedgerEntry);
        known.set(key, isKnown);
        return isKnown;
      },
      inventory: ofSale('inventory'),
      reservations,
      orders,
      movements,
      vouchers,
      tickets,
      rewards: ofSale('reward'),
      attempts,
      payments: fillPayments(ofSale('payment')),
      notifications: ofSale('notification'),
      backlog: ofSale('backlog'),
      hotStock: ofSale('hot_stock'),
      tracks: ofSale('track'),
      buckets: ofSale('bucket'),
      lines: ofSale('line'),
      get handledTopics() {
        return handled();
      },
      get reservationById() {
        return reservationById();
      },
      get reservationsBySku() {
        return reservationsBySku();
      },
      get ordersBySku() {
        return ordersBySku();
      },
      get orderById() {
        return orderById();
      },
      get ordersByReservation() {
        return ordersByReservation();
      },
      get ordersByCallId() {
        return ordersByCallId();
      },
      get vouchersByOrder() {
        return vouchersByOrder();
      },
      get voucherByCode() {
        return voucherByCode();
      },
      get ticketsByOrder() {
        return ticketsByOrder();
      },
      get letInBy() {
        return letInBy();
      },
      get attemptsByBuyer() {
        return attemptsByBuyer();
      },
      get movementsBySku() {
        return movementsBySku();
      },
      get movementsByReservation() {
        return movementsByReservation();
      },
    },
  };
});

/** The rows by their ids. A list of pairs for the constructor of Map would take several times the room of the map. */
export function mapBy<Row, Id>(rows: Row[], idOf: (row: Row) => Id): Map<Id, Row> {
  const byId = new Map<Id, Row>();
  for (const row of rows) byId.set(idOf(row), row);
  return byId;
}

/** The key of `attemptsByBuyer`. */
export const ofBuyer = (sku: string | undefined, buyer: string | undefined): string =>
  `${sku} ${buyer}`;

/** A text that is the same for rows of one buyer, SKU and quantity: all that there is to compare where no call id is stored. */
export const likeOf = (row: { userId: string; skuId: string; quantity: number }): string =>
  `${row.skuId} ${row.quantity} ${row.userId}`;

/** Adds up the units of all rows. */
export const sumUnits = (rows: Iterable<{ quantity: number }>): number => {
  let units = 0;
  for (const { quantity } of rows) units += quantity;
  return units;
};

/** True when an order sold its units, cancelled since or not. An order whose payment is pending or failed did not. */
export const isMade = ({ status }: Pick<OrderRow, 'status'>): boolean =>
  status !== 'PENDING' && status !== 'FAILED';

/** True when an order is paid and not cancelled. */
export const isStanding = ({ status }: Pick<OrderRow, 'status'>): boolean =>
  status === 'CONFIRMED' || status === 'FULFILLED';

/** True when a buyer has the units of a reservation in the final ledger: bought, or held and not lapsed. */
export const isTaken = ({ status, lapsed }: Pick<ReservationRow, 'status' | 'lapsed'>): boolean =>
  status === 'CONFIRMED' || (status === 'RESERVED' && lapsed === false);
