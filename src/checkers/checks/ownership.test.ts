import { describe, expect, it } from 'vitest';
import { inAttempts } from '../../../test/judge/attempt-story.ts';
import { CAMPAIGN, campaignSale, inCampaign } from '../../../test/judge/campaign-story.ts';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import {
  inShop,
  reservationIn,
  SHOP_CALLS,
  shopBooks,
  shopSale,
} from '../../../test/judge/shop-story.ts';
import {
  type Call,
  evidenceOf,
  refused,
  SKU,
  said,
  unanswered,
} from '../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import { judge } from '../verdict.ts';
import { ownership } from './ownership.ts';

const { check } = ownership;
const first = <Row>(rows: Row[]): Row => rows[0] as Row;

describe('ownership, by the answers', () => {
  const reserved = SHOP_CALLS.slice(0, 3);
  const afterwards = (...calls: Call[]) => check(evidenceOf(shopSale, [...reserved, ...calls]));

  it('is skipped when no call tells who made it', () => {
    const calls = SHOP_CALLS.map((call) => ({ ...call, buyer: undefined }));
    expect(check(evidenceOf(shopSale, calls)).status).toBe('skipped');
  });

  it('finds nothing where everybody has and uses their own', () => {
    expect(check(evidenceOf(shopSale, SHOP_CALLS)).status).toBe('valid');
    expect(check(evidenceOf(campaignSale, CAMPAIGN)).status).toBe('valid');
  });

  it('finds a hold that a stranger checked out, and names both calls', () => {
    const { status, summary, witness } = afterwards(
      said('confirm', 'eve', [40, 50], { hold: 'a', order: 'order-a' }),
    );
    expect(status).toBe('invalid');
    expect(summary).toBe(
      'something of one buyer went to another 1 time: Buyer eve checked out reservation a, which is of buyer ann',
    );
    expect(witness?.operations.map(({ buyer }) => buyer)).toEqual(['ann', 'eve']);
  });

  it('finds a hold that a stranger gave back, and an order that a stranger cancelled', () => {
    const released = afterwards(said('release', 'eve', [40, 50], { hold: 'b' }));
    expect(released.summary).toContain('Buyer eve gave back reservation b, which is of buyer bob');
    const buy = said('confirm', 'ann', [40, 50], { hold: 'a', order: 'order-a' });
    const cancelled = afterwards(buy, said('cancel', 'eve', [60, 70], { order: 'order-a' }));
    expect(cancelled.summary).toContain('Buyer eve cancelled order order-a, which is of buyer ann');
  });

  it('knows the order of a checkout without an answer by the hold that its cancellation names', () => {
    const { summary } = afterwards(
      unanswered('confirm', 'ann', 40, { hold: 'a' }),
      said('cancel', 'eve', [60, 70], { order: 'order-a', hold: 'a' }),
    );
    expect(summary).toContain('Buyer eve cancelled the order of reservation a');
  });

  it('does not blame the owner who cancels the order that a stranger made of the hold', () => {
    const { summary } = afterwards(
      said('confirm', 'eve', [40, 50], { hold: 'a', order: 'order-a' }),
      said('cancel', 'ann', [60, 70], { order: 'order-a' }),
    );
    expect(summary).toContain('1 time: Buyer eve checked out');
  });

  it('finds a checkout that was answered with the hold of somebody else', () => {
    const { summary } = afterwards(
      said('confirm', 'ann', [40, 50], { hold: 'a', newHold: 'b', order: 'order-b' }),
    );
    expect(summary).toContain('Buyer ann was told of reservation b, which is of buyer bob');
  });

  it('finds one hold, one order or one voucher that two were told of', () => {
    const hold = afterwards(said('reserve', 'eve', [40, 50], { hold: 'a' }));
    expect(hold.summary).toContain('Buyer eve was given reservation a, which is of buyer ann');
    const order = afterwards(
      said('confirm', 'ann', [40, 50], { hold: 'a', order: 'order-a' }),
      said('confirm', 'cid', [41, 51], { hold: 'c', order: 'order-a' }),
    );
    expect(order.summary).toContain('Buyer cid was told of order order-a, which is of buyer ann');
    const again = said('register', 'eve', [40, 50], { order: 'order-e', voucher: 'CODE-A' });
    const { summary } = check(evidenceOf(campaignSale, [...CAMPAIGN, again]));
    expect(summary).toContain('Buyer eve was given voucher CODE-A, which is of buyer ann');
  });

  it('finds a voucher that a stranger used, and none that a stranger was refused', () => {
    const stolen = said('redeem', 'eve', [40, 50], { voucher: 'CODE-B' });
    const { summary } = check(evidenceOf(campaignSale, [...CAMPAIGN, stolen]));
    expect(summary).toContain('Buyer eve used voucher CODE-B, which is of buyer bob');
    const no = refused('redeem', 'eve', [40, 50], { voucher: 'CODE-B', code: 'VOUCHER_NOT_FOUND' });
    expect(check(evidenceOf(campaignSale, [...CAMPAIGN, no])).status).toBe('valid');
  });

  it('lets buyers have a late checkout’s new hold as their own', () => {
    const late = said('confirm', 'ann', [2_000, 2_010], { hold: 'a', newHold: 'd', order: 'o' });
    expect(afterwards(late).status).toBe('valid');
  });
});

describe('ownership, by the ledger', () => {
  it('finds nothing in honest books', () => {
    for (const evidence of [inShop(), inCampaign(), inAttempts()]) {
      expect(check(evidence).status).toBe('valid');
    }
  });

  it.each<[string, (ledger: LedgerSnapshot) => void]>([
    ['reservation c is booked on buyer eve', (l) => (reservationIn(l, 'c').userId = 'eve')],
    ['order order-a is booked on buyer eve', ({ orders }) => (first(orders).userId = 'eve')],
  ])('finds a row on the wrong buyer: %s', (words, tamper) => {
    const { status, summary } = check(inShop(tamper));
    expect(status).toBe('invalid');
    expect(summary).toContain(`1 time: in the ledger ${words}`);
  });

  it('finds a voucher, an attempt and a payment on the wrong buyer', () => {
    const voucher = inCampaign(({ vouchers }) =>
      Object.assign(vouchers[1] as object, { userId: 'eve' }),
    );
    expect(check(voucher).summary).toContain(
      'in the ledger voucher CODE-B is booked on buyer eve, and buyer bob was told of it',
    );
    const attempt = inAttempts(({ attempts }) => (first(attempts).userId = 'eve'));
    expect(check(attempt).summary).toContain(
      `an attempt for ${SKU} is booked on buyer eve, and the call that made it is of buyer ann`,
    );
    const paid = inShop(({ payments }) =>
      payments.push({
        ...{ row: 'payment', transactionId: 'pay-a', skuId: SKU, userId: 'eve' },
        ...{ orderId: 'order-a', amount: '1.00', status: 'CHARGED' },
      }),
    );
    expect(check(paid).summary).toContain(
      'payment pay-a is booked on buyer eve, and its order order-a is of buyer ann',
    );
  });

  it('knows the owner of a row by its call, though the call got no answer', () => {
    const [reserve, ...others] = SHOP_CALLS as [Call, ...Call[]];
    const lost = { ...unanswered('reserve', 'ann', 0), callId: reserve.callId };
    const evidence = inShop(
      (ledger) => {
        reservationIn(ledger, 'a').userId = 'eve';
        first(ledger.orders).userId = 'eve';
      },
      [lost, ...others.filter(({ hold }) => hold !== 'a')],
    );
    expect(check(evidence).summary).toContain(
      'reservation a is booked on buyer eve, and the call that made it is of buyer ann',
    );
  });

  it('finds the call of a stranger that got no answer, when the order names it', () => {
    const [reserve] = SHOP_CALLS as [Call];
    const stolen = unanswered('confirm', 'eve', 20, { hold: 'a', callId: 'pay-e' });
    const onOwner = inShop(({ orders }) => (first(orders).callId = 'pay-e'), [reserve, stolen]);
    expect(check(onOwner).summary).toContain(
      'order order-a is booked on buyer ann, and the call that made it is of buyer eve',
    );
    const onThief = inShop(
      ({ orders }) => Object.assign(first(orders), { callId: 'pay-e', userId: 'eve' }),
      [reserve, stolen],
    );
    expect(check(onThief).summary).toContain(
      'order order-a is booked on buyer eve, and its reservation a is of buyer ann',
    );
  });

  it('finds a checkout, a release, a cancellation or a use that only a stranger asked for', () => {
    const without = (kind: Call['kind']) => SHOP_CALLS.filter((call) => call.kind !== kind);
    const done = 'in the ledger it is done, and nobody else asked for it';
    const released = unanswered('release', 'eve', 40, { hold: 'b' });
    expect(check(inShop(() => {}, [...without('release'), released])).summary).toContain(
      `Buyer eve gave back reservation b, which is of buyer bob; ${done}`,
    );
    const bought = unanswered('confirm', 'eve', 40, { hold: 'a' });
    expect(check(inShop(() => {}, [...without('confirm'), bought])).summary).toContain(
      `Buyer eve checked out reservation a, which is of buyer ann; ${done}`,
    );
    const cancelled = unanswered('cancel', 'eve', 40, { order: 'order-a' });
    const ordered = SHOP_CALLS.map((call) =>
      call.kind === 'confirm' ? { ...call, order: 'order-a' } : call,
    );
    const inShopCancelled = (...calls: Call[]) =>
      inShop(
        (ledger) => {
          first(ledger.orders).status = 'CANCELLED';
          reservationIn(ledger, 'a').status = 'CANCELLED';
        },
        [...ordered, ...calls],
      );
    expect(check(inShopCancelled(cancelled)).summary).toContain(
      `Buyer eve cancelled order order-a, which is of buyer ann; ${done}`,
    );
    const own = unanswered('cancel', 'ann', 41, { order: 'order-a' });
    expect(check(inShopCancelled(cancelled, own)).status).toBe('valid');
    const used = unanswered('redeem', 'eve', 40, { voucher: 'CODE-A' });
    const withoutCallId = (ledger: LedgerSnapshot) => (first(ledger.vouchers).usedByCallId = null);
    expect(check(inCampaign(withoutCallId, [...CAMPAIGN.slice(0, 3), used])).summary).toContain(
      `Buyer eve used voucher CODE-A, which is of buyer ann; ${done}`,
    );
    expect(check(inCampaign(withoutCallId, [...CAMPAIGN, used])).status).toBe('valid');
  });

  it('finds a hold whose owner only the ledger knows', () => {
    const lost = unanswered('reserve', 'ann', 0, { callId: 'try-a' });
    const stolen = said('release', 'eve', [40, 50], { hold: 'a' });
    const { summary } = check(evidenceOf(shopSale, [lost, stolen], { ledger: shopBooks() }));
    expect(summary).toContain('Buyer eve gave back reservation a, which is of buyer ann');
  });

  it('takes no refused call for the owner of what it left', () => {
    const [reserve] = SHOP_CALLS as [Call];
    const no = refused('confirm', 'eve', [20, 30], { hold: 'a', callId: 'pay-e' });
    const evidence = inShop(({ orders }) => (first(orders).callId = 'pay-e'), [reserve, no]);
    expect(check(evidence).status).toBe('valid');
  });
});

it('is the only check that names a theft', () => {
  const stolen = SHOP_CALLS.map((call) =>
    call.kind === 'confirm' || call.kind === 'release' ? { ...call, buyer: 'eve' } : call,
  );
  const verdict = judge(evidenceOf(shopSale, stolen, { ledger: shopBooks() }));
  expect(
    verdict.checks.filter(({ status }) => status === 'invalid').map(({ name }) => name),
  ).toEqual(['ownership']);
});

itCatches(ownership, [
  'stolen-checkout',
  'stolen-release',
  'stolen-cancel',
  'stolen-voucher',
  'order-of-another',
  'payment-of-another',
  'voucher-of-another',
  'row-of-another',
  'line-of-another',
]);
