import { type LedgerSnapshot, LIST_OF_KIND } from '../../history/ledger-snapshot.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { lazy, memoized } from '../../kernel/memo.ts';
import type {
  LedgerAttempt,
  LedgerMovement,
  LedgerOrder,
  LedgerReservation,
  LedgerRowKind,
  LedgerVoucher,
} from '../../protocol/ledger.ts';
import type { Evidence } from '../evidence.ts';

/** The final ledger of the SKUs on sale, with the indexes that the checks need. */
export interface LedgerIndex extends LedgerSnapshot {
  /** True when the target promised rows of this kind: only then does the absence of a row mean anything. */
  keeps(kind: LedgerRowKind): boolean;
  reservationById: Map<string, LedgerReservation>;
  orderById: Map<string, LedgerOrder>;
  ordersByReservation: Map<string, LedgerOrder[]>;
  ordersByCallId: Map<string, LedgerOrder[]>;
  vouchersByOrder: Map<string, LedgerVoucher[]>;
  voucherByCode: Map<string, LedgerVoucher>;
  attemptsByBuyer: Map<string, LedgerAttempt[]>;
  /** Per SKU, ascending by sequence. */
  movementsBySku: Map<string, LedgerMovement[]>;
  /** Per reservation, ascending by sequence. */
  movementsByReservation: Map<string, LedgerMovement[]>;
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
  const ofSale = <Kind extends LedgerRowKind>(
    kind: Kind,
  ): LedgerSnapshot[(typeof LIST_OF_KIND)[Kind]] => {
    const rows: { skuId: string }[] = promised.has(kind) ? ledger[LIST_OF_KIND[kind]] : [];
    return rows.filter(({ skuId }) =>
      onSale.has(skuId),
    ) as LedgerSnapshot[(typeof LIST_OF_KIND)[Kind]];
  };

  const reservations = ofSale('reservation');
  const orders = ofSale('order');
  const movements = ofSale('movement').sort((a, b) => a.sequence - b.sequence);
  const vouchers = ofSale('voucher');
  const attempts = ofSale('attempt');
  // Each takes megabytes for a big sale, and no check needs them all.
  const reservationById = lazy(() => mapBy(reservations, (row) => row.reservationId));
  const orderById = lazy(() => mapBy(orders, (row) => row.orderId));
  const ordersByReservation = lazy(() => groupBy(orders, (row) => row.reservationId));
  const ordersByCallId = lazy(() => groupBy(orders, (row) => row.callId ?? undefined));
  const vouchersByOrder = lazy(() => groupBy(vouchers, (row) => row.orderId));
  const voucherByCode = lazy(() => mapBy(vouchers, (row) => row.code));
  const attemptsByBuyer = lazy(() => groupBy(attempts, (row) => ofBuyer(row.skuId, row.userId)));
  const movementsBySku = lazy(() => groupBy(movements, (row) => row.skuId));
  const movementsByReservation = lazy(() => groupBy(movements, (row) => row.reservationId));
  return {
    index: {
      keeps: (kind) => promised.has(kind),
      inventory: ofSale('inventory'),
      reservations,
      orders,
      movements,
      vouchers,
      attempts,
      payments: ofSale('payment'),
      deliveries: ofSale('delivery'),
      backlog: ofSale('backlog'),
      hotStock: ofSale('hot_stock'),
      get reservationById() {
        return reservationById();
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
function mapBy<Row>(rows: Row[], idOf: (row: Row) => string): Map<string, Row> {
  const byId = new Map<string, Row>();
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
export const isMade = ({ status }: LedgerOrder): boolean =>
  status !== 'PENDING' && status !== 'FAILED';

/** True when an order is paid and not cancelled. */
export const isStanding = ({ status }: LedgerOrder): boolean =>
  status === 'CONFIRMED' || status === 'FULFILLED';

/** True when a buyer has the units of a reservation in the final ledger: bought, or held and not lapsed. */
export const isTaken = ({ status, lapsed }: LedgerReservation): boolean =>
  status === 'CONFIRMED' || (status === 'RESERVED' && !lapsed);
