import { describe, expect, it } from 'vitest';
import { inAttempts } from '../../../test/judge/attempt-story.ts';
import { CAMPAIGN, inCampaign } from '../../../test/judge/campaign-story.ts';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import { inShop, reservationIn, shopSale } from '../../../test/judge/shop-story.ts';
import { booksOf, evidenceOf, said, unanswered } from '../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import { noLostAcknowledged } from './no-lost-acknowledged.ts';

const first = <Row>(rows: Row[]): Row => rows[0] as Row;
const { check } = noLostAcknowledged;

describe('no-lost-acknowledged', () => {
  it('finds nothing in honest books', () => {
    expect(check(inShop()).status).toBe('valid');
  });

  it('misses a reservation that is not there', () => {
    const { status, witness } = check(
      inShop((ledger) => {
        ledger.reservations = ledger.reservations.filter((row) => row.reservationId !== 'c');
      }),
    );
    expect(status).toBe('invalid');
    expect(witness?.operations.map(({ hold }) => hold)).toEqual(['c']);
    expect(witness?.prose).toContain('the ledger has no reservation c');
  });

  it.each([
    ['of another size', { quantity: 2 }, 'of 2 units'],
    ['cancelled by nobody', { status: 'CANCELLED' as const }, 'which nobody asked for'],
  ])('misses a reservation that is %s', (_what, change, words) => {
    const evidence = inShop((ledger) => Object.assign(reservationIn(ledger, 'c'), change));
    const { status, witness } = check(evidence);
    expect(status).toBe('invalid');
    expect(witness?.prose).toContain(words);
  });

  it('misses a purchase without its order, or whose reservation went back', () => {
    const noOrder = inShop((ledger) => {
      ledger.orders = [];
    });
    expect(check(noOrder).witness?.prose).toContain('the ledger has no order for it');
    const lapsed = inShop((ledger) => {
      reservationIn(ledger, 'a').status = 'EXPIRED';
    });
    expect(check(lapsed).witness?.prose).toContain('the reservation is EXPIRED');
  });

  it('misses a cancellation that did not happen', () => {
    const { status } = check(
      inShop((ledger) => {
        reservationIn(ledger, 'b').status = 'RESERVED';
      }),
    );
    expect(status).toBe('invalid');
  });

  it('does not miss a reservation that lapsed, or whose cancellation got no answer', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      unanswered('release', 'ann', 20, { hold: 'a' }),
    ];
    const ledger = booksOf(shopSale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'RELEASED', hold: 'a', buyer: 'ann' },
    ]);
    expect(check(evidenceOf(shopSale, calls, { ledger })).status).toBe('valid');
  });

  it.each<[string, (ledger: LedgerSnapshot) => void]>([
    ['has no voucher for it', ({ vouchers }) => vouchers.pop()],
    ['has no order for it', (ledger) => (ledger.orders = [])],
    [
      'has no voucher that this call used',
      ({ vouchers }) => (first(vouchers).usedByCallId = 'use-x'),
    ],
  ])('misses a registration or a use where the ledger %s', (words, tamper) => {
    expect(check(inCampaign(tamper)).witness?.prose).toContain(words);
  });

  it.each<[string, (ledger: LedgerSnapshot) => void]>([
    ['nobody has decided it', ({ attempts }) => (first(attempts).status = 'PENDING')],
    ['the ledger has no attempt of theirs', ({ attempts }) => attempts.pop()],
    [
      'told of a purchase, and in the ledger their attempt is FAILED',
      ({ attempts }) => (first(attempts).status = 'FAILED'),
    ],
  ])('misses an attempt: %s', (words, tamper) => {
    expect(check(inAttempts(tamper)).witness?.prose).toContain(words);
  });

  it('misses a cancelled order that stands', () => {
    const cancel = said('cancel', 'ann', [40, 50], { order: 'order-a' });
    const evidence = inCampaign(() => {}, [...CAMPAIGN, cancel]);
    expect(check(evidence).witness?.prose).toContain('in the ledger it is CONFIRMED');
  });
});

itCatches(noLostAcknowledged, ['lost-acknowledgement', 'undecided-attempt']);
