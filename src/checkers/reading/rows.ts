import { copyOfRow, hasNull } from '../../history/row-in-columns.ts';
import type {
  LedgerEntry,
  LedgerMovement,
  LedgerOrder,
  LedgerPayment,
  LedgerReservation,
  LedgerVoucher,
} from '../../protocol/ledger.ts';

/**
 * Rows of the final ledger as checks read them. A column that a shop does not have is null in the ledger; here it has a value
 * that changes nothing, so that only those checks have to ask `knows` (see `LedgerIndex`) that would draw a conclusion from
 * it: a made-up id for a row without one, no buyer, one unit, no time.
 */
type Filled<Row, Column extends keyof Row> = Omit<Row, Column> & {
  [Key in Column]: NonNullable<Row[Key]>;
};

export type ReservationRow = Filled<
  LedgerReservation,
  'reservationId' | 'userId' | 'quantity' | 'createdAt' | 'expiresAt'
>;
export type OrderRow = Filled<
  LedgerOrder,
  'orderId' | 'reservationId' | 'userId' | 'quantity' | 'createdAt'
>;
export type MovementRow = Filled<LedgerMovement, 'reservationId' | 'at'>;
export type VoucherRow = Filled<LedgerVoucher, 'userId' | 'orderId' | 'issuedAt'>;
export type PaymentRow = Filled<LedgerPayment, 'userId'>;

/** The rows with a value in every column. Rows that have them all, as those of most targets, are not copied. */
const fill =
  <Row extends LedgerEntry, Column extends keyof Row>(
    columns: readonly Column[],
    valuesOf: (place: number) => Pick<Filled<Row, Column>, Column>,
  ) =>
  (rows: Row[]): Filled<Row, Column>[] => {
    if (!columns.some((column) => hasNull(rows, column))) return rows as Filled<Row, Column>[];
    return rows.map((row, place) => {
      const copy = copyOfRow(row);
      const known = Object.entries(copy).filter(([, value]) => value !== null);
      return { ...copy, ...valuesOf(place), ...Object.fromEntries(known) } as Filled<Row, Column>;
    });
  };

export const fillReservations = fill<
  LedgerReservation,
  'reservationId' | 'userId' | 'quantity' | 'createdAt' | 'expiresAt'
>(['reservationId', 'userId', 'quantity', 'createdAt', 'expiresAt'], (place) => ({
  reservationId: `reservation ${place + 1}`,
  ...{ userId: NOBODY, quantity: 1, createdAt: '', expiresAt: '' },
}));

export const fillOrders = fill<
  LedgerOrder,
  'orderId' | 'reservationId' | 'userId' | 'quantity' | 'createdAt'
>(['orderId', 'reservationId', 'userId', 'quantity', 'createdAt'], (place) => ({
  orderId: `order ${place + 1}`,
  reservationId: `of order ${place + 1}`,
  ...{ userId: NOBODY, quantity: 1, createdAt: '' },
}));

export const fillMovements = fill<LedgerMovement, 'reservationId' | 'at'>(
  ['reservationId', 'at'],
  (place) => ({ reservationId: `of movement ${place + 1}`, at: '' }),
);

export const fillVouchers = fill<LedgerVoucher, 'userId' | 'orderId' | 'issuedAt'>(
  ['userId', 'orderId', 'issuedAt'],
  (place) => ({ userId: NOBODY, orderId: `of voucher ${place + 1}`, issuedAt: '' }),
);

export const fillPayments = fill<LedgerPayment, 'userId'>(['userId'], () => ({ userId: NOBODY }));

/** The buyer of a row that names none. */
export const NOBODY = '';
