import { describe, expect, it } from 'vitest';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import { booksOf, evidenceOf, SKU, saleOf } from '../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import { moneyAgreement } from './money-agreement.ts';

const sale = saleOf({ total: 2 });
const first = <Row>(rows: Row[]): Row => rows[0] as Row;
const { check } = moneyAgreement;

describe('money-agreement', () => {
  it('is skipped where the evidence has nothing of its kind', () => {
    expect(check(evidenceOf(sale, [], { ledger: booksOf(sale, []) })).status).toBe('skipped');
  });

  const paid = (tamper: (ledger: LedgerSnapshot) => void = () => {}) => {
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
    return check(evidenceOf(sale, [], { ledger }));
  };

  it('finds nothing where every order is paid once', () => {
    expect(paid().status).toBe('valid');
    const refund = paid(({ payments }) =>
      payments.push({ ...first(payments), orderId: null, status: 'REFUNDED' }),
    );
    expect(refund.summary).toContain('2 payments, 1 of them refunded');
  });

  it.each<[string, (ledger: LedgerSnapshot) => void]>([
    ['was kept, and there is no order', ({ payments }) => (first(payments).orderId = null)],
    ['order order-a is CANCELLED', ({ orders }) => (first(orders).status = 'CANCELLED')],
    ['its order order-a stands', ({ payments }) => (first(payments).status = 'REFUNDED')],
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
});

itCatches(moneyAgreement, ['kept-money']);
