import { describe, expect, it } from 'vitest';
import { CAMPAIGN, inCampaign } from '../../../../test/judge/campaign-story.ts';
import { order, shopOf, wrongIn } from '../../../../test/judge/foreign-story.ts';
import { inShop, reservationIn, SHOP_CALLS } from '../../../../test/judge/shop-story.ts';
import { type Call, refused, said, unanswered } from '../../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../../history/ledger-snapshot.ts';
import type { LedgerRowKind } from '../../../protocol/ledger.ts';
import type { Evidence } from '../../evidence.ts';
import { ownership } from '../ownership.ts';

const { check } = ownership;
const first = <Row>(rows: Row[]): Row => rows[0] as Row;
const untouched = (): void => {};

const ORDERED = SHOP_CALLS.map((call) =>
  call.kind === 'confirm' ? { ...call, order: 'order-a' } : call,
);
const without = (kind: Call['kind']) => ORDERED.filter((call) => call.kind !== kind);

/** The finding where a stranger’s call got no answer. `unkept`: rows that the target does not keep. */
function judged(
  calls: Call[],
  tamper: (ledger: LedgerSnapshot) => void = untouched,
  ...unkept: LedgerRowKind[]
) {
  return judgedIn(inShop(tamper, calls), ...unkept);
}

function judgedIn(evidence: Evidence, ...unkept: LedgerRowKind[]) {
  const { evidence: promised } = evidence.sale;
  const ledger = promised.ledger.filter((kind) => !unkept.includes(kind));
  return check({ ...evidence, sale: { ...evidence.sale, evidence: { ...promised, ledger } } });
}

it('names the call that was answered yes, and says no more than that', () => {
  const lost = unanswered('reserve', 'ann', 0, { callId: 'try-a' });
  const calls = [lost, said('release', 'eve', [40, 50], { hold: 'a' })];
  const { summary, witness } = judged(calls, (ledger) => {
    ledger.orders = [];
    reservationIn(ledger, 'a').status = 'CANCELLED';
  });
  expect(summary).toMatch(/: Buyer eve gave back reservation a, which is of buyer ann$/);
  expect(witness?.operations.map(({ buyer }) => buyer)).toEqual(['eve']);
});

describe('a release without an answer by a stranger', () => {
  const stolen = unanswered('release', 'eve', 40, { hold: 'b' });

  it('did nothing while the hold is there', () => {
    const standing = (ledger: LedgerSnapshot) => (reservationIn(ledger, 'b').status = 'RESERVED');
    expect(judged([...without('release'), stolen]).status).toBe('invalid');
    expect(judged([...without('release'), stolen], standing).status).toBe('valid');
  });

  it('did nothing where the order of the hold was cancelled, or may have been', () => {
    const cancelled = (ledger: LedgerSnapshot) => {
      const [order] = ledger.orders as [LedgerSnapshot['orders'][number]];
      ledger.orders.push({
        ...order,
        ...{ orderId: 'order-b', reservationId: 'b', userId: 'bob' },
        ...{ status: 'CANCELLED', callId: 'pay-b' },
      });
    };
    expect(judged([...without('release'), stolen], cancelled).status).toBe('valid');
    expect(judged([...without('release'), stolen], untouched, 'order').status).toBe('valid');
  });

  it('did nothing where the hold was sold, and its cancelled order is deleted', () => {
    const paid = said('confirm', 'bob', [20, 30], { hold: 'b', order: 'order-b' });
    expect(judged([...without('release'), paid, stolen]).status).toBe('valid');
  });

  it('did nothing where a described shop may have given the hold back after a checkout', () => {
    const inCorner = (...calls: Call[]) => {
      const evidence = inShop(untouched, [...without('release'), ...calls, stolen]);
      return judgedIn({ ...evidence, sale: { ...evidence.sale, shop: 'corner-shop' } }).status;
    };
    const declined = refused('confirm', 'bob', [20, 30], { hold: 'b', code: 'PAYMENT_DECLINED' });
    const lost = unanswered('confirm', 'bob', 20, { hold: 'b' });
    expect(inCorner(declined)).toBe('valid');
    expect(inCorner(lost)).toBe('valid');
    expect(inCorner()).toBe('invalid');
    // Our own server keeps the orders that are cancelled, and the holds of those that fail.
    expect(judged([...without('release'), declined, stolen]).status).toBe('invalid');
    expect(judged([...without('release'), lost, stolen]).status).toBe('invalid');
  });

  it('did nothing where nobody was told of the hold', () => {
    const calls = without('release').filter(({ hold }) => hold !== 'b');
    const lost = unanswered('reserve', 'bob', 1, { callId: 'try-b' });
    expect(judged([...calls, lost, stolen]).status).toBe('valid');
  });
});

describe('a checkout without an answer by a stranger', () => {
  const calls = [...without('confirm'), unanswered('confirm', 'eve', 40, { hold: 'a' })];

  it('is a theft where no orders are kept and the hold is sold', () => {
    const unsold = (ledger: LedgerSnapshot) => (reservationIn(ledger, 'a').status = 'EXPIRED');
    expect(judged(calls, untouched, 'order').status).toBe('invalid');
    expect(judged(calls, unsold, 'order').status).toBe('valid');
  });

  it('is a theft where one of two orders names no call', () => {
    const twice = ({ orders }: LedgerSnapshot) =>
      orders.push({ ...first(orders), orderId: 'order-x', callId: 'pay-x' });
    expect(judged(calls, twice).summary).toContain('Buyer eve checked out reservation a');
  });

  it('did nothing where the order failed, or names another call', () => {
    const failed = ({ orders }: LedgerSnapshot) => (first(orders).status = 'FAILED');
    expect(judged(calls, failed).status).toBe('valid');
    const named = ({ orders }: LedgerSnapshot) => (first(orders).callId = 'pay-x');
    expect(judged(calls, named).status).toBe('valid');
  });
});

it('takes an order that stands for cancelled by nobody', () => {
  const stolen = unanswered('cancel', 'eve', 40, { order: 'order-a' });
  expect(judged([...ORDERED, stolen]).status).toBe('valid');
});

it('takes an order for nobody’s theft that may as well be another of the same buyer', () => {
  const calls = [
    said('reserve', 'ann', [0, 10], { hold: 'h1' }),
    said('confirm', 'ann', [20, 30], { hold: 'h1', order: 'W-1' }),
    said('cancel', 'ann', [40, 50], { order: 'W-1' }),
    said('reserve', 'ann', [60, 70], { hold: 'h2' }),
    said('confirm', 'ann', [80, 90], { hold: 'h2', order: 'W-2' }),
    unanswered('cancel', 'eve', 100, { order: 'W-2' }),
  ];
  const orders = ['CONFIRMED', 'CANCELLED'] as const;
  const evidence = shopOf({}, calls, {
    orders: orders.map((status, place) => order({ orderId: `${place}`, userId: 'ann', status })),
  });
  expect(wrongIn(evidence)).toEqual({});
});

it('takes an order that its buyer was not told of for cancelled by anybody', () => {
  const stolen = unanswered('cancel', 'eve', 40, { order: 'order-a' });
  const cancelled = (ledger: LedgerSnapshot) => {
    first(ledger.orders).status = 'CANCELLED';
    reservationIn(ledger, 'a').status = 'CANCELLED';
  };
  expect(judged([...SHOP_CALLS, stolen], cancelled).status).toBe('valid');
});

it('takes no voucher for stolen that is unused, or that names the call which used it', () => {
  const stolen = unanswered('redeem', 'eve', 40, { voucher: 'CODE-A' });
  const used = (facts: Partial<LedgerSnapshot['vouchers'][number]>) =>
    check(
      inCampaign(
        ({ vouchers }) => Object.assign(first(vouchers), facts),
        [...CAMPAIGN.slice(0, 3), stolen],
      ),
    ).status;
  expect(used({ usedAt: 'noon', usedByCallId: null })).toBe('invalid');
  expect(used({ usedAt: 'noon', usedByCallId: 'use-x' })).toBe('valid');
  expect(used({ usedAt: null, usedByCallId: null })).toBe('valid');
});

it('takes a voucher for used by its owner, if others buy as well and nobody recorded that buyer’s calls', () => {
  const stolen = unanswered('redeem', 'eve', 40, { voucher: 'CODE-A' });
  const [ofAnn, ...ofOthers] = CAMPAIGN.slice(0, 3) as [Call, ...Call[]];
  const used = (nobodyElseBuys: boolean, ...calls: Call[]) => {
    const evidence = inCampaign(
      ({ vouchers }) => Object.assign(first(vouchers), { usedByCallId: null }),
      [...calls, ...ofOthers, stolen],
    );
    return judgedIn({ ...evidence, sale: { ...evidence.sale, nobodyElseBuys } }).status;
  };
  expect(used(true)).toBe('invalid');
  expect(used(false)).toBe('valid');
  expect(used(false, ofAnn)).toBe('invalid');
});
