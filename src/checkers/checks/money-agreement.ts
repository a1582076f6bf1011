import { groupBy } from '../../kernel/group-by.ts';
import { bulletList, count, shortId } from '../../kernel/wording.ts';
import type { LedgerOrder, LedgerPayment } from '../../protocol/ledger.ts';
import { checkLedger } from '../ledger-check.ts';
import { isStanding, type LedgerIndex, ofBuyer } from '../reading/ledger-index.ts';

/**
 * Money and goods that did not change hands together: money kept without an order that stands, an order without money,
 * two payments for one order, another amount than the order's, or a payment that is undecided at the end.
 *
 * Vouchers and flash-sale attempts are free; only orders that were checked out are paid.
 */
export const moneyAgreement = checkLedger('money-agreement', ['order', 'payment'], (ledger) => {
  const { payments, orders } = ledger;
  if (payments.length === 0) {
    return { status: 'skipped', summary: 'the final ledger tells of no payments' };
  }
  const paid = groupBy(
    payments.filter(({ status }) => status === 'CHARGED'),
    ({ orderId }) => orderId ?? undefined,
  );
  const wrong = [
    ...payments.flatMap((payment) => wrongPayment(payment, ledger)),
    ...orders
      .filter((order) => isStanding(order) && !isFree(order, ledger))
      .flatMap((order) => wrongOrder(order, paid.get(order.orderId) ?? [])),
  ];
  if (wrong.length > 0) {
    return {
      status: 'invalid',
      summary: `money and goods differ ${count(wrong.length, 'time')}: ${wrong[0]}`,
      witness: {
        prose: bulletList(
          'Money and goods that did not change hands together:',
          wrong.slice(0, 10),
        ),
        operations: [],
      },
    };
  }
  const refunded = payments.filter(({ status }) => status === 'REFUNDED').length;
  return {
    status: 'valid',
    summary: `${count(payments.length, 'payment')}, ${refunded} of them refunded: every order that stands is paid once, and no money is kept for another`,
  };
});

function wrongPayment(payment: LedgerPayment, { orderById }: LedgerIndex): string[] {
  const { transactionId, userId, orderId, status, amount } = payment;
  const name = `payment ${shortId(transactionId)} of ${amount} by buyer ${shortId(userId)}`;
  const order = orderId === null ? undefined : orderById.get(orderId);
  if (status === 'PENDING') return [`${name} is undecided`];
  if (status === 'CHARGED') {
    if (orderId === null) return [`${name} was kept, and there is no order for it`];
    if (order === undefined) return [`${name} was kept for an order that is not there`];
    if (!isStanding(order)) {
      return [`${name} was kept, and its order ${shortId(orderId)} is ${order.status}`];
    }
    return [];
  }
  if (order !== undefined && isStanding(order)) {
    return [`${name} is ${status}, and its order ${shortId(orderId ?? '')} stands`];
  }
  return [];
}

function wrongOrder(order: LedgerOrder, payments: LedgerPayment[]): string[] {
  const name = `order ${shortId(order.orderId)} of buyer ${shortId(order.userId)}`;
  if (payments.length === 0) return [`${name} is ${order.status}, and no money was kept for it`];
  if (payments.length > 1) return [`${name} was paid ${payments.length} times`];
  const [{ amount }] = payments as [LedgerPayment];
  return amount === order.totalPrice
    ? []
    : [`${name} costs ${order.totalPrice}, and ${amount} was paid`];
}

const isFree = (order: LedgerOrder, { vouchersByOrder, attemptsByBuyer }: LedgerIndex): boolean =>
  vouchersByOrder.has(order.orderId) || attemptsByBuyer.has(ofBuyer(order.skuId, order.userId));
