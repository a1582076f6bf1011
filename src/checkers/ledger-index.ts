import type {
  LedgerInventory,
  LedgerMovement,
  LedgerOrder,
  LedgerReservation,
} from '../protocol/ledger.ts';
import type { Evidence } from './evidence.ts';
import { groupBy } from './group-by.ts';
import { memoized } from './memo.ts';

/** The final ledger of the SKUs on sale, with the look-ups the checks need. */
export interface LedgerIndex {
  inventory: LedgerInventory[];
  reservations: LedgerReservation[];
  orders: LedgerOrder[];
  reservationById: Map<string, LedgerReservation>;
  ordersByReservation: Map<string, LedgerOrder[]>;
  /** Per SKU, ascending by sequence. */
  movementsBySku: Map<string, LedgerMovement[]>;
  /** Per reservation, ascending by sequence. */
  movementsByReservation: Map<string, LedgerMovement[]>;
}

/** Rows of other SKUs belong to other sales and are left out; absent without a ledger. */
export const indexLedger = memoized((evidence: Evidence): { index: LedgerIndex | undefined } => {
  const { ledger, sale } = evidence;
  if (ledger === undefined) return { index: undefined };
  const onSale = new Set(sale.skus.map(({ skuId }) => skuId));
  const ofSale = <Row extends { skuId: string }>(rows: Row[]): Row[] =>
    rows.filter(({ skuId }) => onSale.has(skuId));

  const reservations = ofSale(ledger.reservations);
  const orders = ofSale(ledger.orders);
  const movements = ofSale(ledger.movements).sort((a, b) => a.sequence - b.sequence);
  return {
    index: {
      inventory: ofSale(ledger.inventory),
      reservations,
      orders,
      reservationById: new Map(reservations.map((row) => [row.reservationId, row])),
      ordersByReservation: groupBy(orders, (row) => row.reservationId),
      movementsBySku: groupBy(movements, (row) => row.skuId),
      movementsByReservation: groupBy(movements, (row) => row.reservationId),
    },
  };
});

/** Units of rows together. */
export const sumUnits = (rows: Iterable<{ quantity: number }>): number => {
  let units = 0;
  for (const { quantity } of rows) units += quantity;
  return units;
};

/** Whether a reservation of the final ledger is somebody's: sold to them, or held for them right now. */
export const isTaken = ({ status, lapsed }: LedgerReservation): boolean =>
  status === 'CONFIRMED' || (status === 'RESERVED' && !lapsed);
