import { describe, expect, it } from 'vitest';
import { inAttempts } from '../../../test/judge/attempt-story.ts';
import { order, shopOf } from '../../../test/judge/foreign-story.ts';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import {
  booksOf,
  type Call,
  evidenceOf,
  keeping,
  SKU,
  said,
  saleOf,
} from '../../../test/judge/story.ts';
import { emptyLedger, type LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import type { SaleFacts } from '../../history/operation.ts';
import type { LedgerPayment } from '../../protocol/ledger.ts';
import { judge } from '../verdict.ts';
import { moneyAgreement } from './money-agreement.ts';

const sale = saleOf({ total: 2 });
const first = <Row>(rows: Row[]): Row => rows[0] as Row;
const { check } = moneyAgreement;

describe('money-agreement', () => {
  it('is skipped where the evidence has nothing of its kind', () => {
    expect(check(evidenceOf(sale, [], { ledger: booksOf(sale, []) })).status).toBe('skipped');
  });

  const paid = (tamper: (ledger: LedgerSnapshot) => void = () => {}, facts = {}) => {
    const ledger = booksOf(sale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'SOLD', hold: 'a', buyer: 'ann' },
    ]);
    ledger.payments = [
      {
        row: 'payment',
        transactionId: 'pay-a',
        skuId: SKU,
        userId: 'ann',
        orderId: 'order-a',
        amount: '1.00',
        status: 'CHARGED',
      },
    ];
    tamper(ledger);
    const calls = [said('confirm', 'ann', [0, 10], { hold: 'a', order: 'order-a' })];
    return check(evidenceOf({ ...sale, ...facts }, calls, { ledger }));
  };

  it('finds nothing where every order is paid once', () => {
    expect(paid().status).toBe('valid');
    const refund = paid(({ payments }) =>
      payments.push({ ...first(payments), orderId: null, status: 'REFUNDED' }),
    );
    expect(refund.summary).toContain('2 payments, 1 of them refunded');
  });

  it('finds a payment that is told never to have been made, of an order that was sold and cancelled', () => {
    const cancelled = (status: LedgerPayment['status'], facts = {}, wasSold = true) =>
      paid(({ orders, payments, movements }) => {
        first(orders).status = 'CANCELLED';
        first(payments).status = status;
        if (!wasSold) movements.splice(1);
      }, facts);
    expect(cancelled('REFUNDED').status).toBe('valid');
    expect(cancelled('DECLINED').summary).toContain(
      'payment pay-a is DECLINED, and order order-a was paid before it was cancelled',
    );
    expect(cancelled('DECLINED', {}, false).status).toBe('valid');
    expect(cancelled('DECLINED', { shop: 'shop' }).status).toBe('valid');
  });

  it('finds one payment for two orders that are not of one basket', () => {
    const both = (
      transactionId: string,
      baskets: string[],
      shop?: string,
      status: LedgerPayment['status'] = 'CHARGED',
    ) => {
      const of = saleOf({ total: 2, ...(shop && { shop }) });
      const ledger = booksOf(of, [
        ...(['RESERVED', 'SOLD'] as const).map((kind) => ({ kind, hold: 'a', buyer: 'ann' })),
        ...(['RESERVED', 'SOLD'] as const).map((kind) => ({ kind, hold: 'b', buyer: 'bob' })),
      ]);
      const rows = ['ann', 'bob'].map((userId) => ({
        ...{ skuId: SKU, userId, orderId: `order-${userId.slice(0, 1)}` },
      }));
      ledger.payments = rows.map((of, place) => ({
        ...{ row: 'payment', ...of, amount: '1.00', status },
        transactionId: place === 0 ? 'pay-a' : transactionId,
      }));
      ledger.lines = rows.flatMap((of, place) => {
        const basketId = baskets[place];
        return basketId ? { row: 'line', ...of, basketId, reservationId: null } : [];
      });
      return check(keeping(evidenceOf(of, [], { ledger }), 'order', 'payment', 'line'));
    };
    expect(both('pay-b', []).status).toBe('valid');
    expect(both('pay-a', []).summary).toContain(
      'payment pay-a was kept once for orders order-a of buyer ann and order-b of buyer bob',
    );
    expect(both('pay-a', ['x', 'x']).status).toBe('valid');
    expect(both('pay-a', ['x', 'y']).status).toBe('invalid');
    expect(both('pay-a', [], 'a shop').status).toBe('valid');
    expect(both('pay-a', [], undefined, 'REFUNDED').witness?.prose).not.toContain('kept once');
  });

  it('finds a second payment of an order, given back as well, on our own server alone', () => {
    const returned = (second: LedgerPayment['status'], shop?: string) =>
      check(
        evidenceOf(
          saleOf({ total: 2, shop }),
          [said('confirm', 'ann', [0, 10], { hold: 'a', order: 'order-a' })],
          {
            ledger: {
              ...booksOf(saleOf({ total: 2 }), [
                { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
                { kind: 'SOLD', hold: 'a', buyer: 'ann' },
                { kind: 'RETURNED', hold: 'a', buyer: 'ann' },
              ]),
              payments: (['REFUNDED', second] as const).map((status, place) => ({
                ...{ row: 'payment', transactionId: `pay-${place}`, skuId: SKU, userId: 'ann' },
                ...{ orderId: 'order-a', amount: '1.00', status },
              })),
            },
          },
        ),
      );
    expect(returned('REFUNDED').summary).toContain(
      'order order-a has 2 payments, which are REFUNDED and REFUNDED',
    );
    expect(returned('REFUNDED', 'a shop').status).toBe('valid');
  });

  it('misses the payment of an order that failed or was cancelled, on our own server alone', () => {
    const lost = (
      status: 'FAILED' | 'CANCELLED',
      facts: Partial<SaleFacts> = {},
      totalPrice = '1.00',
    ) =>
      paid((ledger) => {
        Object.assign(first(ledger.orders), { status, totalPrice });
        ledger.payments = [{ ...first(ledger.payments), orderId: null, status: 'REFUNDED' }];
      }, facts);
    expect(lost('FAILED').summary).toContain(
      'is FAILED, and nobody knows what became of its payment',
    );
    expect(lost('CANCELLED').summary).toContain(
      'is CANCELLED, and nobody knows what became of its payment',
    );
    expect(lost('FAILED', { shop: 'a shop' }).status).toBe('valid');
    expect(lost('FAILED', {}, '0.00').status).toBe('valid');
  });

  it('misses the money of tickets, which are paid as they are bought, and of no other purchase', () => {
    const bought = (soldBy?: 'tickets', kind: Call['kind'] = 'buy') => {
      const calls = [said(kind, 'ann', [0, 10], { hold: 'a', order: 'order-a', callId: 'try-a' })];
      const of = saleOf({ skus: [{ skuId: SKU, total: 2, ...(soldBy && { soldBy }) }] });
      const ledger = booksOf(of, [
        { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' },
        { kind: 'SOLD', hold: 'a', buyer: 'ann', callId: 'try-a' },
      ]);
      return check(evidenceOf(of, calls, { ledger }));
    };
    expect(bought('tickets').summary).toContain(
      'order order-a of buyer ann is CONFIRMED, and no money was kept for it',
    );
    expect(bought().status).toBe('valid');
    expect(bought('tickets', 'reserve').status).toBe('valid');
  });

  it('finds nothing in an order that was cancelled and its money given back', () => {
    const cancelled = paid((ledger) => {
      first(ledger.orders).status = 'CANCELLED';
      first(ledger.payments).status = 'REFUNDED';
    });
    expect(cancelled.status).toBe('valid');
  });

  it('misses the money of an order that was given back while the order stands', () => {
    const { witness } = paid(({ payments }) => (first(payments).status = 'REFUNDED'));
    expect(witness?.prose).toContain(
      'order order-a of buyer ann is CONFIRMED, and no money was kept',
    );
  });

  it('believes only a described shop that it deletes orders which came to nothing', () => {
    const refund = ({ payments }: LedgerSnapshot) =>
      payments.push({ ...first(payments), orderId: 'order-x', status: 'REFUNDED' });
    expect(paid(refund).summary).toContain('its order order-x is not there');
    expect(paid(refund, { shop: 'corner-shop' }).status).toBe('valid');
  });

  it('finds a payment for another SKU than its order’s', () => {
    const skus = [SKU, 'OTHER'].map((skuId) => ({ skuId, total: 1 }));
    const { summary } = paid(({ payments }) => (first(payments).skuId = 'OTHER'), { skus });
    expect(summary).toContain('is for OTHER, and its order order-a for SKU-1');
  });

  it.each<[string, (ledger: LedgerSnapshot) => void]>([
    ['was kept, and there is no order', ({ payments }) => (first(payments).orderId = null)],
    ['order order-a is CANCELLED', ({ orders }) => (first(orders).status = 'CANCELLED')],
    [
      'was kept, and its order order-a is CANCELLED',
      ({ orders, payments }) => {
        first(orders).status = 'CANCELLED';
        payments.push({ ...first(payments), transactionId: 'pay-b', status: 'REFUNDED' });
      },
    ],
    ['its order order-a stands', ({ payments }) => (first(payments).status = 'REFUNDED')],
    [
      'order order-a of buyer ann is undecided',
      (ledger) => {
        first(ledger.orders).status = 'PENDING';
        first(ledger.payments).status = 'DECLINED';
      },
    ],
    ['its order order-x is not there', ({ payments }) => (first(payments).orderId = 'order-x')],
    ['is undecided', ({ payments }) => (first(payments).status = 'PENDING')],
    ['costs 1.00, and 2.00 was paid', ({ payments }) => (first(payments).amount = '2.00')],
    ['was paid 2 times', ({ payments }) => payments.push(first(payments))],
    [
      'is CONFIRMED, and no money was kept for it',
      (ledger) => Object.assign(first(ledger.payments), { orderId: null, status: 'DECLINED' }),
    ],
  ])('finds money and goods apart: %s', (words, tamper) => {
    const { status, summary } = paid(tamper);
    expect(status).toBe('invalid');
    expect(summary).toContain(words);
  });

  it('takes an order for unpaid when the target keeps payments and has none', () => {
    expect(paid((ledger) => (ledger.payments = [])).summary).toContain('no money was kept for it');
  });

  it('finds a refund of another amount than the order’s', () => {
    const { summary } = paid(({ orders, payments }) => {
      first(orders).status = 'CANCELLED';
      Object.assign(first(payments), { status: 'REFUNDED', amount: '0.50' });
    });
    expect(summary).toContain('order order-a costs 1.00, and 0.50 was paid');
  });

  it('finds an order at another price than its units have', () => {
    const at = (unitPrice: string, tamper?: (ledger: LedgerSnapshot) => void) =>
      paid(tamper, { skus: [{ skuId: SKU, total: 2, unitPrice }] });
    expect(at('1.00').status).toBe('valid');
    expect(at('2.00').summary).toContain(
      'order order-a of 1 unit of SKU-1 costs 1.00, and one unit costs 2.00',
    );
    const ofTwo = at('0.50', ({ orders }) => (first(orders).quantity = 2));
    expect(ofTwo.status).toBe('valid');
  });

  it('lets orders that nobody checked out cost nothing or their price, and go unpaid', () => {
    const priced = (unitPrice: string) => {
      const evidence = inAttempts();
      const skus = [{ skuId: SKU, total: 2, unitPrice }];
      const manifest = {
        ...evidence.sale.evidence,
        ledger: [...evidence.sale.evidence.ledger, 'payment' as const],
      };
      return check({ ...evidence, sale: { ...evidence.sale, skus, evidence: manifest } });
    };
    expect(priced('1.00').status).toBe('valid');
    expect(priced('2.00').status).toBe('invalid');
    const free = inAttempts(({ orders }) => {
      for (const order of orders) order.totalPrice = '0.00';
    });
    const skus = [{ skuId: SKU, total: 2, unitPrice: '2.00' }];
    expect(check({ ...free, sale: { ...free.sale, skus } }).status).toBe('valid');
  });
});

describe('the money of a described shop', () => {
  const bought = said('buy', 'ann', [0, 10], { order: 'o1' });
  const row = (facts: Parameters<typeof order>[0] = {}) =>
    order({ orderId: 'o1', userId: 'ann', quantity: 1, totalPrice: '1.00', ...facts });
  const payment = (facts: Partial<LedgerPayment> = {}): LedgerPayment => ({
    ...{ row: 'payment', transactionId: 'p1', skuId: SKU, userId: 'ann' },
    ...{ orderId: 'o1', amount: '1.00', status: 'CHARGED', ...facts },
  });
  const judged = (
    facts: Parameters<typeof shopOf>[0],
    calls: Call[],
    orders: ReturnType<typeof order>[],
    payments: LedgerPayment[],
  ) => {
    const evidence = shopOf(facts, calls, { orders });
    const { sale: told } = evidence;
    const { checks } = judge({
      ...evidence,
      sale: { ...told, evidence: { ...told.evidence, ledger: ['order', 'payment'] } },
      ledger: { ...emptyLedger(), orders, payments },
    });
    const { status, summary } = checks.find(({ name }) => name === 'money-agreement') ?? {};
    return `${status}: ${summary}`;
  };
  const inShop = (orders: ReturnType<typeof order>[], payments: LedgerPayment[]) =>
    judged({ total: 5 }, [bought], orders, payments);

  const gone = (...payments: LedgerPayment[]) =>
    payments.map((each) => ({ ...each, orderId: 'gone' }));

  it('cannot be compared with orders that have no ids', () => {
    expect(inShop([row({ orderId: null })], [payment()])).toBe(
      'skipped: orders have no ids that payments could name',
    );
    expect(inShop([row()], [payment()])).toMatch(/^valid: 1 payment, 0 of them refunded/);
  });

  it('may have been given back, or never taken, for an order that was deleted', () => {
    for (const status of ['REFUNDED', 'DECLINED'] as const) {
      expect(inShop([row()], [payment(), payment({ orderId: 'gone', status })])).toMatch(/^valid/);
      expect(inShop([row()], [payment({ status })])).toMatch(/^invalid/);
    }
    expect(inShop([row()], [payment(), payment({ orderId: 'gone' })])).toContain(
      'its order gone is not there',
    );
    expect(inShop([row()], [payment({ status: 'PENDING', orderId: null })])).toContain('undecided');
    const kept = gone(payment(), payment({ status: 'DECLINED' }));
    expect(inShop([row()], [payment(), ...kept])).toContain('differ 1 time: ');
  });

  it('may have been declined, given up or given back before another payment was made', () => {
    for (const status of ['DECLINED', 'PENDING', 'REFUNDED'] as const) {
      const before = payment({ transactionId: 'p0', status, amount: '2.00' });
      expect(inShop([row()], [before, payment()])).toMatch(/^valid/);
      expect(inShop([row({ status: 'FAILED' })], [before])).toMatch(/^invalid/);
    }
    const cancelled = row({ status: 'CANCELLED' });
    expect(inShop([cancelled], [payment({ status: 'PENDING' }), payment()])).toContain('undecided');
    const unpriced = row({ totalPrice: null });
    expect(inShop([unpriced], [payment({ status: 'DECLINED' }), payment()])).toMatch(/^valid/);
  });

  it('may be made in parts, which are the price together', () => {
    const parts = (...amounts: string[]) =>
      amounts.map((amount, place) => payment({ transactionId: `p${place}`, amount }));
    expect(inShop([row()], parts('0.30', '0.70'))).toMatch(/^valid/);
    expect(inShop([row()], parts('0.30', '0.80'))).toContain('costs 1.00, and 0.30 was paid');
    expect(inShop([row()], parts('1.00', '1.00'))).toContain('was paid 2 times');
    expect(inShop([row({ status: 'CANCELLED' })], parts('0.30', '0.70'))).toMatch(/^invalid/);
    expect(inShop([row({ totalPrice: null })], parts('0.30', '0.70'))).toContain('paid 2 times');
  });

  it('may be given back by rows of their own, or in parts, for an order that does not stand', () => {
    const back = (amount = '1.00') =>
      payment({ transactionId: `back ${amount}`, status: 'REFUNDED', amount });
    const cancelled = [row({ status: 'CANCELLED' })];
    expect(inShop(cancelled, [payment(), back()])).toMatch(/^valid/);
    expect(inShop(cancelled, [payment(), back('0.40'), back('0.60')])).toMatch(/^valid/);
    expect(inShop(cancelled, [back('0.40'), back('0.60')])).toMatch(/^valid/);
    expect(inShop([row()], [payment(), ...gone(payment(), back())])).toMatch(/^valid/);
    expect(inShop(cancelled, [payment(), back('0.40')])).toContain(
      'differ 1 time: order o1 is CANCELLED, 1.00 was paid for it, and 0.40 given back',
    );
    expect(inShop(cancelled, [payment(), back(), back()])).toContain('and 2.00 given back');
    expect(inShop(cancelled, [payment({ amount: '0.50' }), back()])).toContain(
      '0.50 was paid for it, and 1.00 given back',
    );
    expect(inShop(cancelled, [payment({ status: 'PENDING' }), payment(), back()])).toContain(
      'differ 1 time: payment p1 of 1.00 by buyer ann is undecided',
    );
    expect(inShop(cancelled, [back('0.40')])).toContain('costs 1.00, and 0.40 was paid');
    expect(inShop([row()], [payment(), ...gone(payment(), back('0.40'))])).toContain(
      'order gone is not there, 1.00 was paid',
    );
    expect(inShop([row({ status: 'CANCELLED', totalPrice: null })], [payment(), back()])).toMatch(
      /^valid/,
    );
  });

  it('may not be made in parts for two SKUs, or on our own server, which takes a price at once', () => {
    const [half, rest] = ['0.30', '0.70'].map((amount) => payment({ amount }));
    const skus = [SKU, 'SKU-2'].map((skuId) => ({ skuId, total: 5 }));
    const ofTwo = (...payments: LedgerPayment[]) => judged({ skus }, [bought], [row()], payments);
    expect(ofTwo(half!, rest!)).toMatch(/^valid/);
    expect(ofTwo(half!, { ...rest!, skuId: 'SKU-2' })).toMatch(/^invalid/);
    expect(ofTwo(payment({ skuId: 'SKU-2' }))).toMatch(/^invalid/);
    const back = payment({ skuId: 'SKU-2', status: 'REFUNDED' });
    const undone = [row({ status: 'CANCELLED' })];
    expect(judged({ skus }, [bought], undone, [payment(), back])).toContain('differ 2 times');
    const onServer = (...payments: LedgerPayment[]) => {
      const ledger = booksOf(sale, [
        { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
        { kind: 'SOLD', hold: 'a', buyer: 'ann' },
      ]);
      ledger.payments = payments.map((each) => ({ ...each, orderId: 'order-a' }));
      return check(evidenceOf(sale, [], { ledger })).status;
    };
    expect(onServer(payment())).toBe('valid');
    expect(onServer(half!, rest!)).toBe('invalid');
    expect(onServer(payment({ status: 'DECLINED' }), payment())).toBe('invalid');
  });

  it('is not missed for an order that may be another one than that which was checked out', () => {
    const held = said('reserve', 'ann', [0, 5], { hold: 'h1' });
    const paid = said('confirm', 'ann', [6, 10], { hold: 'h1', order: 'o1' });
    expect(judged({ total: 5 }, [held, paid], [row({ orderId: '17' })], [])).toMatch(/^valid/);
  });

  it('is not missed for an order that was not checked out by itself, or did not come to stand', () => {
    expect(inShop([row()], [])).toMatch(/^valid/);
    expect(inShop([row({ status: 'FAILED' })], [])).toMatch(/^valid/);
    const refund = payment({ status: 'REFUNDED' });
    expect(inShop([row({ status: 'CANCELLED' })], [refund, refund])).toMatch(/^valid/);
    const held = said('reserve', 'ann', [0, 5], { hold: 'h1' });
    const paid = said('confirm', 'ann', [6, 10], { hold: 'h1', order: 'o1' });
    const ofHold = row({ reservationId: 'h1' });
    expect(judged({ total: 5 }, [held, paid], [ofHold], [])).toContain('no money was kept for it');
    expect(judged({ total: 5 }, [held, paid], [ofHold], [payment()])).toMatch(/^valid/);
    const open = { ...paid, outcome: 'fail' as const, status: 402, code: 'DECLINED' };
    expect(judged({ total: 5 }, [held, open], [ofHold], [])).toMatch(/^valid/);
  });

  it('is compared with the price of the run, of orders that the run made', () => {
    const priced = { skus: [{ skuId: SKU, total: 5, unitPrice: '2.00' }] };
    const twice = payment({ amount: '2.00' });
    expect(judged(priced, [bought], [row({ totalPrice: '2.00' })], [twice])).toMatch(/^valid/);
    expect(judged(priced, [bought], [row()], [payment()])).toContain('one unit costs 2.00');
    const theirs = row({ orderId: 'o9', userId: 'zoe', totalPrice: '3.00' });
    const others = { ...priced, nobodyElseBuys: false };
    const own = row({ totalPrice: '2.00' });
    expect(judged(others, [bought], [own, theirs], [twice])).toMatch(/^valid/);
    expect(judged(priced, [bought], [own, theirs], [twice])).toContain('costs 3.00');
  });

  it('is told of ten times at the most', () => {
    const calls = Array.from({ length: 12 }, (_, place) => place + 1);
    const orders = calls.map((place) => row({ orderId: `o${place}`, totalPrice: '7.00' }));
    const evidence = shopOf({ skus: [{ skuId: SKU, total: 99, unitPrice: '2.00' }] }, [bought], {
      orders,
    });
    const promised = { ...evidence.sale.evidence, ledger: ['order' as const, 'payment' as const] };
    const { checks } = judge({ ...evidence, sale: { ...evidence.sale, evidence: promised } });
    const found = checks.find(({ name }) => name === 'money-agreement');
    expect(found?.summary).toContain('money and goods differ 12 times');
    expect(found?.witness?.prose.split('\n')).toHaveLength(11);
  });
});

itCatches(moneyAgreement, ['kept-money', 'wrong-price', 'half-refunded']);
