import type {
  LedgerAttempt,
  LedgerBacklog,
  LedgerBucket,
  LedgerDelivery,
  LedgerEntry,
  LedgerHotStock,
  LedgerInventory,
  LedgerLine,
  LedgerMovement,
  LedgerNotification,
  LedgerOrder,
  LedgerPayment,
  LedgerReservation,
  LedgerReward,
  LedgerRowKind,
  LedgerTicket,
  LedgerTrack,
  LedgerVoucher,
} from '../protocol/ledger.ts';
import type { Deliveries } from './delivery-list.ts';

/** The server's final ledger, read as one snapshot when the load was over and every hold had ended or been bought. */
export interface LedgerSnapshot {
  inventory: LedgerInventory[];
  reservations: LedgerReservation[];
  orders: LedgerOrder[];
  movements: LedgerMovement[];
  vouchers: LedgerVoucher[];
  rewards: LedgerReward[];
  attempts: LedgerAttempt[];
  payments: LedgerPayment[];
  tickets: LedgerTicket[];
  lines: LedgerLine[];
  deliveries: LedgerDelivery[];
  notifications: LedgerNotification[];
  backlog: LedgerBacklog[];
  hotStock: LedgerHotStock[];
  tracks: LedgerTrack[];
  buckets: LedgerBucket[];
}

/** A snapshot as the judge reads it. Its deliveries and the facts of its rows may stand in columns. */
export type FinalLedger = Omit<LedgerSnapshot, 'deliveries'> & { deliveries: Deliveries };

export const emptyLedger = (): LedgerSnapshot => ({
  inventory: [],
  reservations: [],
  orders: [],
  movements: [],
  vouchers: [],
  rewards: [],
  attempts: [],
  payments: [],
  tickets: [],
  lines: [],
  deliveries: [],
  notifications: [],
  backlog: [],
  hotStock: [],
  tracks: [],
  buckets: [],
});

/** The list of a snapshot that holds the rows of a kind. */
export const LIST_OF_KIND = {
  inventory: 'inventory',
  reservation: 'reservations',
  order: 'orders',
  movement: 'movements',
  voucher: 'vouchers',
  reward: 'rewards',
  attempt: 'attempts',
  payment: 'payments',
  ticket: 'tickets',
  line: 'lines',
  delivery: 'deliveries',
  notification: 'notifications',
  backlog: 'backlog',
  hot_stock: 'hotStock',
  track: 'tracks',
  bucket: 'buckets',
} as const satisfies Record<LedgerRowKind, keyof LedgerSnapshot>;

/** Adds a row to the list of its kind. */
export function addLedgerRow(ledger: FinalLedger, row: LedgerEntry): void {
  const list = ledger[LIST_OF_KIND[row.row]] as { push(row: LedgerEntry): unknown };
  list.push(row);
}
