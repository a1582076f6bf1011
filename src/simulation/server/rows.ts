import type {
  LedgerInventory,
  LedgerOrder,
  LedgerReservation,
  Whole,
} from '../../protocol/ledger.ts';

/** Rows of the simulated server, which has every column. */
export type InventoryRow = Whole<LedgerInventory>;
export type ReservationRow = Whole<LedgerReservation, 'callId'>;
export type OrderRow = Whole<LedgerOrder, 'callId'>;
