import type { Order, OrderStatus } from '../../../src/protocol/orders.ts';

/** A row of `orders` as the driver returns it. */
export interface OrderRow {
  order_id: string;
  reservation_id: string;
  user_id: string;
  sku_id: string;
  quantity: number;
  total_price: string;
  status: OrderStatus;
  payment_method: Order['paymentMethod'];
  transaction_id: string;
  created_at: Date;
  /** The basket of which it is a line. */
  basket_id: string | null;
}

export const ORDER_COLUMNS = `order_id, reservation_id, user_id, sku_id, quantity, total_price, status,
  payment_method, transaction_id, created_at, basket_id`;

export const describeOrder = (row: OrderRow): Order => ({
  orderId: row.order_id,
  reservationId: row.reservation_id,
  userId: row.user_id,
  skuId: row.sku_id,
  quantity: row.quantity,
  totalPrice: row.total_price,
  status: row.status,
  paymentMethod: row.payment_method,
  transactionId: row.transaction_id,
  createdAt: row.created_at.toISOString(),
  basketId: row.basket_id ?? undefined,
});
