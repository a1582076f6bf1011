import type { SaleFacts } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { bulletList, count, shortId, skuName } from '../../kernel/wording.ts';
import type { Evidence } from '../evidence.ts';
import { checkLedger } from '../ledger-check.ts';
import { eventfulCalls } from '../reading/eventful-calls.ts';
import { isStanding, type LedgerIndex } from '../reading/ledger-index.ts';
import { isStrange, mayBeOfOthers, mayBeOlder } from '../reading/other-people.ts';
import type { OrderRow, PaymentRow } from '../reading/rows.ts';

/**
 * Money and goods that did not change hands together: money kept without an order that stands, an order without money,
 * two payments for one order, one payment for two, another amount than the order's, a payment that is undecided at the end,
 * or an order at another price than its units have.
 *
 * Only orders that were checked out are paid, and tickets that were bought. Vouchers and flash-sale attempts are not, whatever
 * their orders cost.
 */
export const moneyAgreement = checkLedger(
  'money-agreement',
  ['order', 'payment'],
  (ledger, evidence) => {
    const { payments, orders } = ledger;
    if (orders.length + payments.length === 0) {
      return { status: 'skipped', summary: 'the final ledger tells of no orders and no payments' };
    }
    if (ledger.attribution?.knowsOrderIds === false) {
      return { status: 'skipped', summary: 'orders have no ids that payments could name' };
    }
    const isCheckedOut = createCheckoutTest(evidence);
    const paid = groupBy(
      payments.filter(({ status }) => status === 'CHARGED'),
      ({ orderId }) => orderId ?? undefined,
    );
    const inParts = paidInParts(paid, ledger, evidence.sale);
    const returns = findReturns(ledger, evidence.sale);
    const wrong = [
      ...payments
        .filter(
          (payment) =>
            !isOfDeleted(payment, ledger, evidence.sale) &&
            !(payment.status !== 'PENDING' && returns.has(payment.orderId)) &&
            !isOtherTry(payment, paid, ledger) &&
            !inParts.has(payment.orderId),
        )
        .flatMap((payment) => wrongPayment(payment, ledger)),
      ...[...returns.values()].flatMap((fault) => fault ?? []),
      ...sharedPayments(ledger, evidence.sale),
      ...deniedPayments(ledger, evidence.sale),
      ...repeatedPayments(ledger, evidence.sale),
      ...lostPayments(ledger, isCheckedOut, evidence.sale),
      ...wrongOrders(ledger, isCheckedOut, { paid, inParts }),
      ...wrongPrices(ledger, isCheckedOut, evidence),
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
  },
);

/**
 * The orders of a described shop that do not stand and whose money was given back by several rows, each with its fault: they were
 * paid in parts, or each refund is a row of its own beside the payment. There is no fault where as much was given back as was paid.
 */
function findReturns({ payments, orderById }: LedgerIndex, { shop }: SaleFacts) {
  const returns = new Map<string | null, string | undefined>();
  if (shop === undefined) return returns;
  for (const [orderId, rows] of groupBy(payments, (row) => row.orderId ?? undefined)) {
    const order = orderById.get(orderId);
    const isOfOrder = rows.every(({ skuId }) => order === undefined || skuId === order.skuId);
    if (!isOfOrder || (order !== undefined && isStanding(order))) continue;
    const kept = sumOf(rows.filter(({ status }) => status === 'CHARGED'));
    const returned = sumOf(rows.filter(({ status }) => status === 'REFUNDED'));
    const price = order?.totalPrice ?? null;
    if (returned === (kept === 0 && price !== null ? cents(price) : kept)) {
      returns.set(orderId, undefined);
    } else if (kept > 0 && returned > 0) {
      const fault = `${money(kept)} was paid for it, and ${money(returned)} given back`;
      returns.set(
        orderId,
        `order ${shortId(orderId)} is ${order?.status ?? 'not there'}, ${fault}`,
      );
    }
  }
  return returns;
}

/** True for a payment that was given back or never made, of a shop that may delete orders which came to nothing. */
const isOfDeleted = (
  { orderId, status }: PaymentRow,
  { orderById }: LedgerIndex,
  { shop }: SaleFacts,
): boolean =>
  shop !== undefined &&
  (status === 'REFUNDED' || status === 'DECLINED') &&
  (orderId === null || !orderById.has(orderId));

/** The payments that were kept, by their orders. */
type Paid = ReadonlyMap<string, PaymentRow[]>;

/**
 * True for a payment that came to nothing, of an order that was paid by another one: a buyer may try another card. Where each order
 * has one payment, `repeatedPayments` finds it.
 */
const isOtherTry = (
  { orderId, status }: PaymentRow,
  paid: Paid,
  { orderById }: LedgerIndex,
): boolean => {
  const order = orderById.get(orderId ?? '');
  return (
    status !== 'CHARGED' && order !== undefined && isStanding(order) && paid.has(order.orderId)
  );
};

/** The orders of a described shop that several payments make up together, as a gift card and what was left to pay. */
function paidInParts(paid: Paid, { orderById }: LedgerIndex, { shop }: SaleFacts) {
  const inParts = new Set<string | null>();
  if (shop === undefined) return inParts;
  for (const [orderId, parts] of paid) {
    const order = orderById.get(orderId);
    if (order === undefined || order.totalPrice === null) continue;
    const isWhole = sumOf(parts) === cents(order.totalPrice);
    if (isWhole && isStanding(order) && parts.every(({ skuId }) => skuId === order.skuId)) {
      inParts.add(orderId);
    }
  }
  return inParts;
}

function wrongPayment(payment: PaymentRow, { orderById }: LedgerIndex): string[] {
  const { transactionId, userId, orderId, status, amount } = payment;
  const name = `payment ${shortId(transactionId)} of ${amount} by buyer ${shortId(userId)}`;
  const order = orderId === null ? undefined : orderById.get(orderId);
  if (status === 'PENDING') return [`${name} is undecided`];
  if (orderId !== null && order === undefined) {
    return [`${name} is ${status}, and its order ${shortId(orderId)} is not there`];
  }
  if (order !== undefined && order.skuId !== payment.skuId) {
    return [
      `${name} is for ${skuName(payment.skuId)}, and its order ${shortId(orderId ?? '')} for ${skuName(order.skuId)}`,
    ];
  }
  if (order !== undefined && differs(amount, order.totalPrice)) {
    return [
      `order ${shortId(order.orderId)} costs ${order.totalPrice}, and ${amount} was paid (${name})`,
    ];
  }
  if (status === 'CHARGED') {
    if (orderId === null) return [`${name} was kept, and there is no order for it`];
    if (order !== undefined && !isStanding(order)) {
      return [`${name} was kept, and its order ${shortId(orderId)} is ${order.status}`];
    }
    return [];
  }
  if (order !== undefined && isStanding(order)) {
    return [`${name} is ${status}, and its order ${shortId(orderId ?? '')} stands`];
  }
  return [];
}

/** Finds payments of our own server that were kept once for several orders. Those of one basket are paid together. */
function sharedPayments({ payments, lines, keeps }: LedgerIndex, { shop }: SaleFacts): string[] {
  if (shop !== undefined || !keeps('line')) return [];
  const basketOf = new Map(lines.map(({ orderId, basketId }) => [orderId, basketId]));
  const kept = payments.filter(({ status }) => status === 'CHARGED');
  return [...groupBy(kept, ({ transactionId }) => transactionId)].flatMap(([id, rows]) => {
    const bought = new Set(rows.map(({ orderId }) => basketOf.get(orderId) ?? orderId));
    if (bought.size < 2) return [];
    const orders = rows.map(
      ({ orderId, userId }) => `${shortId(orderId ?? undefined)} of buyer ${shortId(userId)}`,
    );
    return [`payment ${shortId(id)} was kept once for orders ${orders.join(' and ')}`];
  });
}

/** Finds orders with several payments that came to nothing, or were given back: our own server makes one for each order. */
function repeatedPayments({ payments }: LedgerIndex, { shop }: SaleFacts): string[] {
  if (shop !== undefined) return [];
  const ofOrder = groupBy(payments, ({ orderId }) => orderId ?? undefined);
  return [...ofOrder].flatMap(([orderId, rows]) => {
    const statuses = rows.map(({ status }) => status);
    if (rows.length < 2 || statuses.every((status) => status === 'CHARGED')) return [];
    return [
      `order ${shortId(orderId)} has ${rows.length} payments, which are ${statuses.join(' and ')}`,
    ];
  });
}

/** Finds orders of our own server that came to nothing, and of whose payment there is no row: it keeps what became of the money. */
function lostPayments(
  { orders, payments, keeps }: LedgerIndex,
  isCheckedOut: CheckoutTest,
  { shop }: SaleFacts,
): string[] {
  if (shop !== undefined || !keeps('payment')) return [];
  const known = new Set(payments.map(({ orderId }) => orderId));
  return orders.flatMap((order) => {
    const { orderId, userId, status, totalPrice } = order;
    // Only a payment lets an order fail, and a checkout that was refused made no other one.
    const isPaid = status === 'FAILED' || (status === 'CANCELLED' && isCheckedOut(order));
    if (!isPaid || known.has(orderId) || cents(totalPrice ?? '0') === 0) return [];
    return [
      `order ${shortId(orderId)} of buyer ${shortId(userId)} is ${status}, and nobody knows what became of its payment`,
    ];
  });
}

/** Finds payments that our own server has as never made, of cancelled orders whose units it had sold: it sells what is paid. */
function deniedPayments(ledger: LedgerIndex, { shop }: SaleFacts): string[] {
  if (shop !== undefined) return [];
  return ledger.payments.flatMap(({ transactionId, orderId, status }) => {
    const order = ledger.orderById.get(orderId ?? '');
    if (status !== 'DECLINED' || order?.status !== 'CANCELLED') return [];
    const moved = ledger.movementsByReservation.get(order.reservationId ?? '') ?? [];
    return moved.some(({ kind }) => kind === 'SOLD')
      ? [
          `payment ${shortId(transactionId)} is DECLINED, and order ${shortId(order.orderId)} was paid before it was cancelled`,
        ]
      : [];
  });
}

/** Finds orders that are undecided, and orders that stand, and were checked out, and are not paid once. */
function wrongOrders(
  { orders, attribution }: LedgerIndex,
  isCheckedOut: CheckoutTest,
  { paid, inParts }: { paid: Paid; inParts: ReadonlySet<string | null> },
): string[] {
  return orders.flatMap((order) => {
    const name = `order ${shortId(order.orderId)} of buyer ${shortId(order.userId)}`;
    if (order.status === 'PENDING') return [`${name} is undecided`];
    if (!isStanding(order)) return [];
    const times = paid.get(order.orderId)?.length ?? 0;
    if (times > 1 && !inParts.has(order.orderId)) return [`${name} was paid ${times} times`];
    const isLikely = attribution?.likely.has(order.orderId) === true;
    if (times > 0 || isLikely || !isCheckedOut(order)) return [];
    return [`${name} is ${order.status}, and no money was kept for it`];
  });
}

type CheckoutTest = (order: OrderRow) => boolean;

/**
 * Creates the test for orders that a checkout made, or a purchase of tickets: by their call ids, else by the holds that were
 * checked out. A described shop may have the money of a purchase later.
 */
function createCheckoutTest({ operations, sale }: Evidence): CheckoutTest {
  const callIds = new Set<string>();
  const holds = new Set<string>();
  const tickets = new Set(
    sale.skus.filter(({ soldBy }) => soldBy === 'tickets').map(({ skuId }) => skuId),
  );
  for (const { kind, outcome, sku = '', callId, hold, newHold } of eventfulCalls(operations)) {
    const isPaid = kind === 'confirm' || (kind === 'buy' && tickets.has(sku));
    if (!isPaid || outcome === 'fail') continue;
    if (callId !== undefined) callIds.add(callId);
    if (hold !== undefined) holds.add(hold);
    if (newHold !== undefined) holds.add(newHold);
  }
  return ({ callId, reservationId }) =>
    callId === null ? holds.has(reservationId) : callIds.has(callId);
}

/** Finds orders at another price than their units have. An order that is not paid may also cost nothing. */
function wrongPrices(
  ledger: LedgerIndex,
  isCheckedOut: CheckoutTest,
  evidence: Evidence,
): string[] {
  // Other people may have had another price, and so had the SKU in earlier days.
  const orders = ledger.orders.filter(
    (order) =>
      !mayBeOlder(order, ledger, evidence.sale) &&
      !(isStrange(order, ledger) && mayBeOfOthers(order.skuId, evidence.sale)),
  );
  const prices = new Map(evidence.sale.skus.map(({ skuId, unitPrice }) => [skuId, unitPrice]));
  return orders.flatMap((order) => {
    const { orderId, skuId, quantity, totalPrice } = order;
    const unitPrice = prices.get(skuId);
    const isGuessed = ledger.attribution?.guessedUnits.has('order') === true;
    if (unitPrice === undefined || totalPrice === null || isGuessed) return [];
    const price = cents(totalPrice);
    if (price === cents(unitPrice) * quantity || (price === 0 && !isCheckedOut(order))) return [];
    return [
      `order ${shortId(orderId)} of ${count(quantity, 'unit')} of ${skuName(skuId)} costs ${totalPrice}, and one unit costs ${unitPrice}`,
    ];
  });
}

const differs = (amount: string, price: string | null): boolean =>
  price !== null && cents(amount) !== cents(price);

const sumOf = (payments: PaymentRow[]): number =>
  payments.reduce((sum, { amount }) => sum + cents(amount), 0);

const cents = (amount: string): number => Math.round(Number(amount) * 100);

const money = (sum: number): string => (sum / 100).toFixed(2);
