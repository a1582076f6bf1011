import type {
  LedgerAttempt,
  LedgerBacklog,
  LedgerDelivery,
  LedgerEntry,
  LedgerHotStock,
  LedgerInventory,
  LedgerMovement,
  LedgerOrder,
  LedgerPayment,
  LedgerReservation,
  LedgerRowKind,
  LedgerVoucher,
} from '../protocol/ledger.ts';

/** The server's final ledger, read as one snapshot when the load was over and every hold had ended or been bought. */
export interface LedgerSnapshot {
  inventory: LedgerInventory[];
  reservations: LedgerReservation[];
  orders: LedgerOrder[];
  movements: LedgerMovement[];
  vouchers: LedgerVoucher[];
  attempts: LedgerAttempt[];
  payments: LedgerPayment[];
  deliveries: LedgerDelivery[];
  backlog: LedgerBacklog[];
  hotStock: LedgerHotStock[];
}

export const emptyLedger = (): LedgerSnapshot => ({
  inventory: [],
  reservations: [],
  orders: [],
  movements: [],
  vouchers: [],
  attempts: [],
  payments: [],
  deliveries: [],
  backlog: [],
  hotStock: [],
});

/** The list of a snapshot that holds the rows of a kind. */
export const LIST_OF_KIND = {
  inventory: 'inventory',
  reservation: 'reservations',
  order: 'orders',
  movement: 'movements',
  voucher: 'vouchers',
  attempt: 'attempts',
  payment: 'payments',
  delivery: 'deliveries',
  backlog: 'backlog',
  hot_stock: 'hotStock',
} as const satisfies Record<LedgerRowKind, keyof LedgerSnapshot>;

/** Adds a row to the list of its kind. */
export function addLedgerRow(ledger: LedgerSnapshot, row: LedgerEntry): void {
  (ledger[LIST_OF_KIND[row.row]] as LedgerEntry[]).push(row);
}
