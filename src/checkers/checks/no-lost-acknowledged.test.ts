import { describe, expect, it } from 'vitest';
import { inAttempts } from '../../../test/judge/attempt-story.ts';
import { CAMPAIGN, inCampaign } from '../../../test/judge/campaign-story.ts';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import { inShop, reservationIn, SHOP_CALLS, shopSale } from '../../../test/judge/shop-story.ts';
import {
  booksOf,
  type Call,
  evidenceOf,
  SKU,
  said,
  unanswered,
} from '../../../test/judge/story.ts';
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

  it('misses units of which the buyer was told another SKU, in a described shop only if that is on sale', () => {
    const told = (toldSku: string, shop?: string) => {
      const evidence = inShop();
      const { operations } = evidence;
      const sale = { ...evidence.sale, skus: [SKU, 'SKU-2'].map((skuId) => ({ skuId, total: 3 })) };
      const calls = operations.map((call) =>
        call.kind === 'reserve' && call.hold === 'c' ? { ...call, toldSku } : call,
      );
      return check({ ...evidence, sale: { ...sale, ...(shop && { shop }) }, operations: calls });
    };
    expect(told('SKU-9').witness?.prose).toContain('its buyer was told of SKU-9');
    expect(told(SKU).status).toBe('valid');
    expect(told('number 9', 'a shop').status).toBe('valid');
    expect(told('SKU-2', 'a shop').witness?.prose).toContain('its buyer was told of SKU-2');
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

  it('misses what a buyer was told of another reservation or order than the one they ended, by our own server', () => {
    const told = (kind: 'release' | 'cancel', facts: Partial<Call>, shop?: string) => {
      const of = { ...shopSale, shop };
      const ledger = booksOf(shopSale, [
        { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
        ...(kind === 'cancel' ? ([{ kind: 'SOLD', hold: 'a', buyer: 'ann' }] as const) : []),
        { kind: kind === 'cancel' ? 'RETURNED' : 'RELEASED', hold: 'a', buyer: 'ann' },
      ]);
      const about = kind === 'cancel' ? { order: 'order-a' } : { hold: 'a' };
      const call = said(kind, 'ann', [20, 30], { ...about, ...facts });
      const { status, witness } = check(evidenceOf(of, [call], { ledger }));
      return witness?.prose.split(', but ').at(-1) ?? status;
    };
    expect(told('release', {})).toBe('valid');
    expect(told('release', { newHold: 'b' })).toBe('its buyer was told of reservation b');
    expect(told('cancel', {})).toBe('valid');
    expect(told('cancel', { hold: 'a' })).toBe('valid');
    expect(told('cancel', { hold: 'b' })).toBe('its buyer was told of reservation b');
    expect(told('cancel', { toldOrder: 'order-b' })).toBe('its buyer was told of order order-b');
    expect(told('cancel', { hold: 'b' }, 'a shop')).toBe('valid');
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

  describe('of what buyers were told', () => {
    const told = (facts: Partial<Call>, tamper?: (ledger: LedgerSnapshot) => void) => {
      const calls = SHOP_CALLS.map((call) =>
        call.kind === 'confirm' ? { ...call, ...facts } : call,
      );
      return check(inShop(tamper, calls));
    };

    it('finds the order of a checkout, and the new hold of a late one', () => {
      expect(told({ order: 'order-a' }).status).toBe('valid');
      const late = told({ order: 'order-a', newHold: 'd' }, (ledger) => {
        ledger.reservations.push({ ...reservationIn(ledger, 'a'), reservationId: 'd' });
        reservationIn(ledger, 'a').status = 'EXPIRED';
        first(ledger.orders).reservationId = 'd';
      });
      expect(late.status).toBe('valid');
    });

    it('misses an order, or a reservation, that is not there', () => {
      expect(told({ order: 'order-x' }).witness?.prose).toContain(
        'the ledger has no order order-x',
      );
      expect(told({ order: 'order-a', newHold: 'x' }).witness?.prose).toContain(
        'the ledger has no reservation x, of which they were told',
      );
    });

    it('misses an order that is for another reservation of theirs', () => {
      const { witness } = told({ order: 'order-a' }, (ledger) => {
        first(ledger.orders).reservationId = 'c';
        reservationIn(ledger, 'c').status = 'CONFIRMED';
      });
      expect(witness?.prose).toContain(
        'in the ledger order order-a, of which they were told, is for reservation c',
      );
    });

    it('looks for a checkout among the reservations of a target that keeps no orders', () => {
      const keeping = (status: 'CONFIRMED' | 'EXPIRED') => {
        const evidence = inShop((ledger) => (reservationIn(ledger, 'a').status = status));
        const manifest = { ...evidence.sale.evidence, ledger: ['reservation' as const] };
        return check({ ...evidence, sale: { ...evidence.sale, evidence: manifest } });
      };
      expect(keeping('CONFIRMED').status).toBe('valid');
      expect(keeping('EXPIRED').witness?.prose).toContain('the reservation is EXPIRED');
    });

    it.each<[string, (ledger: LedgerSnapshot) => void]>([
      ['its voucher has the code CODE-X', ({ vouchers }) => (first(vouchers).code = 'CODE-X')],
      [
        'its voucher is of order order-b',
        (ledger) => Object.assign(first(ledger.vouchers), { orderId: 'order-b' }),
      ],
      ['order-a is missing', (ledger) => (first(ledger.orders).orderId = 'order-x')],
      ['the ledger has no voucher CODE-A', ({ vouchers }) => (first(vouchers).code = 'CODE-X')],
    ])('misses a registration or its voucher: %s', (words, tamper) => {
      expect(check(inCampaign(tamper)).witness?.prose).toContain(words);
    });

    it('misses the use of another voucher than the buyer’s', () => {
      const swapped = inCampaign(({ vouchers: [a, b] }) => {
        Object.assign(a as object, { usedByCallId: null, usedAt: null });
        Object.assign(b as object, { usedByCallId: 'use-a', usedAt: 'noon' });
      });
      expect(check(swapped).witness?.prose).toContain('this call used voucher CODE-B');
    });
  });

  it('misses a cancelled order that stands', () => {
    const cancel = said('cancel', 'ann', [40, 50], { order: 'order-a' });
    const evidence = inCampaign(() => {}, [...CAMPAIGN, cancel]);
    expect(check(evidence).witness?.prose).toContain('in the ledger it is CONFIRMED');
  });
});

itCatches(noLostAcknowledged, [
  'other-order-told',
  'other-voucher-told',
  'lost-acknowledgement',
  'undecided-attempt',
  'forgotten-check-in',
  'half-released',
]);
