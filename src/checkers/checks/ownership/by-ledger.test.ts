import { describe, expect, it } from 'vitest';
import { inAttempts } from '../../../../test/judge/attempt-story.ts';
import { CAMPAIGN, inCampaign } from '../../../../test/judge/campaign-story.ts';
import { inShop, reservationIn, SHOP_CALLS } from '../../../../test/judge/shop-story.ts';
import { type Call, refused, SKU, said, unanswered } from '../../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../../history/ledger-snapshot.ts';
import { ownership } from '../ownership.ts';

const { check } = ownership;
const first = <Row>(rows: Row[]): Row => rows[0] as Row;
const untouched = (): void => {};
const pay = (ledger: LedgerSnapshot, userId: string): void => {
  ledger.payments.push({
    ...{ row: 'payment', transactionId: 'pay-a', skuId: SKU, userId },
    ...{ orderId: 'order-a', amount: '1.00', status: 'CHARGED' },
  });
};

it('says so when the ledger confirms the answers', () => {
  expect(check(inShop()).summary).toBe('in 5 calls everybody had and used only their own');
});

describe('a row is on nobody else’s name', () => {
  it('because a refusal, a lost answer or a call without a name tells of it', () => {
    const about = { hold: 'a' };
    for (const call of [
      refused('reserve', 'eve', [40, 50], about),
      unanswered('reserve', 'eve', 40, about),
      said('reserve', 'eve', [40, 50], { ...about, buyer: undefined }),
    ]) {
      expect(check(inShop(untouched, [...SHOP_CALLS, call])).status).toBe('valid');
    }
    const unnamed = SHOP_CALLS.map((call) => ({
      ...call,
      buyer: call.kind === 'confirm' ? undefined : call.buyer,
    }));
    const byThat = ({ orders }: LedgerSnapshot) => (first(orders).callId = 'pay-a');
    expect(check(inShop(byThat, unnamed)).status).toBe('valid');
  });
});

describe('a theft is told once', () => {
  const summaryOf = (tamper: (ledger: LedgerSnapshot) => void, ...more: Call[]) =>
    check(inShop(tamper, [...SHOP_CALLS.filter(({ kind }) => kind !== 'confirm'), ...more]))
      .summary;

  it('though the ledger has the hold that a stranger was told of as well', () => {
    const told = said('reserve', 'eve', [40, 50], { hold: 'c', callId: 'try-e' });
    expect(summaryOf(untouched, told)).toContain('1 time: Buyer eve was given reservation c');
    expect(summaryOf((ledger) => (reservationIn(ledger, 'c').callId = 'try-e'), told)).toContain(
      '1 time: Buyer eve was given reservation c',
    );
  });

  it('though the thief has order and payment in the ledger', () => {
    const stolen = said('confirm', 'eve', [40, 50], { hold: 'a' });
    expect(summaryOf(({ orders }) => (first(orders).userId = 'eve'), stolen)).toContain(
      '1 time: Buyer eve checked out reservation a',
    );
    const named = { ...stolen, order: 'order-a' };
    expect(summaryOf((ledger) => pay(ledger, 'eve'), named)).toContain(
      '1 time: Buyer eve checked out reservation a',
    );
  });

  it('though the attempt that made the order is booked on the thief as well', () => {
    const evidence = inAttempts(
      ({ attempts }) => (first(attempts).userId = 'eve'),
      [
        said('attempt', 'ann', [0, 10], { order: 'order-a' }),
        said('cancel', 'eve', [40, 50], { order: 'order-a' }),
      ],
    );
    expect(check(evidence).summary).toContain('1 time: Buyer eve cancelled order order-a');
  });

  it('though the voucher names the call of the thief who used it', () => {
    const used = said('redeem', 'eve', [40, 50], { voucher: 'CODE-A', callId: 'use-e' });
    const evidence = inCampaign(
      ({ vouchers }) => (first(vouchers).usedByCallId = 'use-e'),
      [...CAMPAIGN.slice(0, 3), used],
    );
    expect(check(evidence).summary).toContain('1 time: Buyer eve used voucher CODE-A');
  });

  it('and does not hide that another thing of the same owner is booked on somebody else', () => {
    const used = said('redeem', 'eve', [40, 50], { voucher: 'CODE-A' });
    const evidence = inCampaign(
      ({ orders }) => (first(orders).userId = 'dan'),
      [...CAMPAIGN.slice(0, 3), used],
    );
    expect(check(evidence).summary).toContain('2 times');
  });
});

describe('the witness of a wrong row has the call', () => {
  const buyersIn = (tamper: (ledger: LedgerSnapshot) => void, calls?: Call[]) =>
    check(inShop(tamper, calls)).witness?.operations.map(({ kind, buyer }) => `${kind} ${buyer}`);

  it('that was told of it', () => {
    expect(buyersIn((ledger) => (reservationIn(ledger, 'c').userId = 'eve'))).toEqual([
      'reserve cid',
    ]);
  });

  it('that made it', () => {
    const lost = { ...unanswered('reserve', 'cid', 2), callId: 'try-c' };
    const calls = SHOP_CALLS.map((call) => (call.buyer === 'cid' ? lost : call));
    expect(buyersIn((ledger) => (reservationIn(ledger, 'c').userId = 'eve'), calls)).toEqual([
      'reserve cid',
    ]);
  });

  it('that made it, where the row on which it rests is another buyer’s', () => {
    const stolen = unanswered('confirm', 'eve', 20, { hold: 'a', callId: 'pay-e' });
    const calls = [...SHOP_CALLS.slice(0, 3), stolen];
    const onThief = ({ orders }: LedgerSnapshot) =>
      Object.assign(first(orders), { callId: 'pay-e', userId: 'eve' });
    expect(buyersIn(onThief, calls)).toEqual(['confirm eve']);
    expect(buyersIn((ledger) => pay(ledger, 'eve'))).toEqual([]);
  });
});

it('finds a voucher on another name than its order, though nobody was told of the voucher', () => {
  const untold = CAMPAIGN.slice(0, 3).map((call) => ({ ...call, voucher: undefined }));
  const evidence = inCampaign(
    ({ vouchers }) => Object.assign(vouchers[1] as object, { userId: 'eve' }),
    untold,
  );
  expect(check(evidence).summary).toContain(
    'in the ledger voucher CODE-B is booked on buyer eve, and its order order-b is of buyer bob',
  );
});
