import type {
  LedgerAttempt,
  LedgerBacklog,
  LedgerDelivery,
  LedgerHotStock,
  LedgerInventory,
  LedgerMovement,
  LedgerOrder,
  LedgerPayment,
  LedgerReservation,
  LedgerRow,
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

/** Adds a row to the list of its sort. The `end` row has none. */
export function addLedgerRow(
  ledger: LedgerSnapshot,
  row: Exclude<LedgerRow, { row: 'end' }>,
): void {
  switch (row.row) {
    case 'inventory':
      ledger.inventory.push(row);
      break;
    case 'reservation':
      ledger.reservations.push(row);
      break;
    case 'order':
      ledger.orders.push(row);
      break;
    case 'movement':
      ledger.movements.push(row);
      break;
    case 'voucher':
      ledger.vouchers.push(row);
      break;
    case 'attempt':
      ledger.attempts.push(row);
      break;
    case 'payment':
      ledger.payments.push(row);
      break;
    case 'delivery':
      ledger.deliveries.push(row);
      break;
    case 'backlog':
      ledger.backlog.push(row);
      break;
    case 'hot_stock':
      ledger.hotStock.push(row);
      break;
  }
}
