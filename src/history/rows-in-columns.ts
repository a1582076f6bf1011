import type {
  LedgerAttempt,
  LedgerBacklog,
  LedgerHotStock,
  LedgerInventory,
  LedgerMovement,
  LedgerOrder,
  LedgerPayment,
  LedgerReservation,
  LedgerVoucher,
} from '../protocol/ledger.ts';
import { RowInColumns } from './row-in-columns.ts';

class InventoryInColumns extends RowInColumns<LedgerInventory> implements LedgerInventory {
  get row() {
    return 'inventory' as const;
  }
  get skuId() {
    return this.columns.skuId.at(this.place);
  }
  get total() {
    return this.columns.total.at(this.place);
  }
  get available() {
    return this.columns.available.at(this.place);
  }
  get reserved() {
    return this.columns.reserved.at(this.place);
  }
  get sold() {
    return this.columns.sold.at(this.place);
  }
  get sequence() {
    return this.columns.sequence.at(this.place);
  }
}

class ReservationInColumns extends RowInColumns<LedgerReservation> implements LedgerReservation {
  get row() {
    return 'reservation' as const;
  }
  get reservationId() {
    return this.columns.reservationId.at(this.place);
  }
  get userId() {
    return this.columns.userId.at(this.place);
  }
  get skuId() {
    return this.columns.skuId.at(this.place);
  }
  get quantity() {
    return this.columns.quantity.at(this.place);
  }
  get status() {
    return this.columns.status.at(this.place);
  }
  get lapsed() {
    return this.columns.lapsed.at(this.place);
  }
  get callId() {
    return this.columns.callId.at(this.place);
  }
  get createdAt() {
    return this.columns.createdAt.at(this.place);
  }
  get expiresAt() {
    return this.columns.expiresAt.at(this.place);
  }
}

class OrderInColumns extends RowInColumns<LedgerOrder> implements LedgerOrder {
  get row() {
    return 'order' as const;
  }
  get orderId() {
    return this.columns.orderId.at(this.place);
  }
  get reservationId() {
    return this.columns.reservationId.at(this.place);
  }
  get userId() {
    return this.columns.userId.at(this.place);
  }
  get skuId() {
    return this.columns.skuId.at(this.place);
  }
  get quantity() {
    return this.columns.quantity.at(this.place);
  }
  get totalPrice() {
    return this.columns.totalPrice.at(this.place);
  }
  get status() {
    return this.columns.status.at(this.place);
  }
  get callId() {
    return this.columns.callId.at(this.place);
  }
  get createdAt() {
    return this.columns.createdAt.at(this.place);
  }
}

class MovementInColumns extends RowInColumns<LedgerMovement> implements LedgerMovement {
  get row() {
    return 'movement' as const;
  }
  get skuId() {
    return this.columns.skuId.at(this.place);
  }
  get sequence() {
    return this.columns.sequence.at(this.place);
  }
  get kind() {
    return this.columns.kind.at(this.place);
  }
  get quantity() {
    return this.columns.quantity.at(this.place);
  }
  get reservationId() {
    return this.columns.reservationId.at(this.place);
  }
  get at() {
    return this.columns.at.at(this.place);
  }
}

class VoucherInColumns extends RowInColumns<LedgerVoucher> implements LedgerVoucher {
  get row() {
    return 'voucher' as const;
  }
  get voucherId() {
    return this.columns.voucherId.at(this.place);
  }
  get code() {
    return this.columns.code.at(this.place);
  }
  get campaignId() {
    return this.columns.campaignId.at(this.place);
  }
  get skuId() {
    return this.columns.skuId.at(this.place);
  }
  get userId() {
    return this.columns.userId.at(this.place);
  }
  get orderId() {
    return this.columns.orderId.at(this.place);
  }
  get issuedAt() {
    return this.columns.issuedAt.at(this.place);
  }
  get usedAt() {
    return this.columns.usedAt.at(this.place);
  }
  get usedByCallId() {
    return this.columns.usedByCallId.at(this.place);
  }
}

class AttemptInColumns extends RowInColumns<LedgerAttempt> implements LedgerAttempt {
  get row() {
    return 'attempt' as const;
  }
  get saleId() {
    return this.columns.saleId.at(this.place);
  }
  get skuId() {
    return this.columns.skuId.at(this.place);
  }
  get userId() {
    return this.columns.userId.at(this.place);
  }
  get status() {
    return this.columns.status.at(this.place);
  }
  get orderId() {
    return this.columns.orderId.at(this.place);
  }
  get callId() {
    return this.columns.callId.at(this.place);
  }
  get createdAt() {
    return this.columns.createdAt.at(this.place);
  }
}

class PaymentInColumns extends RowInColumns<LedgerPayment> implements LedgerPayment {
  get row() {
    return 'payment' as const;
  }
  get transactionId() {
    return this.columns.transactionId.at(this.place);
  }
  get skuId() {
    return this.columns.skuId.at(this.place);
  }
  get userId() {
    return this.columns.userId.at(this.place);
  }
  get orderId() {
    return this.columns.orderId.at(this.place);
  }
  get amount() {
    return this.columns.amount.at(this.place);
  }
  get status() {
    return this.columns.status.at(this.place);
  }
}

class BacklogInColumns extends RowInColumns<LedgerBacklog> implements LedgerBacklog {
  get row() {
    return 'backlog' as const;
  }
  get skuId() {
    return this.columns.skuId.at(this.place);
  }
  get pending() {
    return this.columns.pending.at(this.place);
  }
  get deadLetters() {
    return this.columns.deadLetters.at(this.place);
  }
}

class HotStockInColumns extends RowInColumns<LedgerHotStock> implements LedgerHotStock {
  get row() {
    return 'hot_stock' as const;
  }
  get skuId() {
    return this.columns.skuId.at(this.place);
  }
  get available() {
    return this.columns.available.at(this.place);
  }
}

/** The rows of every kind but deliveries, of which there is no object each: see `DeliveryList`. */
export const ROW_IN_COLUMNS = {
  inventory: InventoryInColumns,
  reservation: ReservationInColumns,
  order: OrderInColumns,
  movement: MovementInColumns,
  voucher: VoucherInColumns,
  attempt: AttemptInColumns,
  payment: PaymentInColumns,
  backlog: BacklogInColumns,
  hot_stock: HotStockInColumns,
} as const;

export type RowKind = keyof typeof ROW_IN_COLUMNS;
