import { describe, expect, it } from 'vitest';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import { inShop, reservationIn, shopSale } from '../../../test/judge/shop-story.ts';
import {
  booksOf,
  type Call,
  evidenceOf,
  refused,
  said,
  unanswered,
} from '../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import { answersOnly } from '../../history/manifest.ts';
import { legalTransitions } from './legal-transitions.ts';

const { check } = legalTransitions;

describe('legal-transitions', () => {
  it('finds nothing in honest books', () => {
    expect(check(inShop()).status).toBe('valid');
  });

  const told = (...calls: Call[]) => check(evidenceOf(shopSale, calls));
  const held = said('reserve', 'ann', [0, 10], { hold: 'a' });

  it.each([
    ['bought twice', 'confirm', 'confirm'],
    ['cancelled twice', 'release', 'release'],
    ['both bought and cancelled', 'confirm', 'release'],
  ] as const)('finds a hold that was %s', (what, first, second) => {
    const { status, summary } = told(
      held,
      said(first, 'ann', [20, 30], { hold: 'a' }),
      said(second, 'ann', [21, 31], { hold: 'a' }),
    );
    expect(status).toBe('invalid');
    expect(summary).toContain(what.split(' ')[0]);
  });

  it('finds an order that was cancelled twice, and none that one wish cancelled', () => {
    const bought = said('confirm', 'ann', [20, 30], { hold: 'a', order: 'order-a' });
    const cancel = (atMs: number, idempotencyKey?: string) =>
      said('cancel', 'ann', [atMs, atMs + 5], { order: 'order-a', idempotencyKey });
    const { status, summary } = told(held, bought, cancel(40), cancel(50));
    expect(status).toBe('invalid');
    expect(summary).toContain('the order of reservation a was cancelled 2 times');
    expect(told(held, bought, cancel(40, 'wish'), cancel(50, 'wish')).status).toBe('valid');
  });

  it('takes the second return in a described shop for that of what was given again', () => {
    const calls = [0, 100].flatMap((ms) => [
      said('reserve', 'ann', [ms, ms + 10], { hold: 'a' }),
      said('release', 'ann', [ms + 20, ms + 30], { hold: 'a' }),
    ]);
    expect(check(evidenceOf({ ...shopSale, shop: 'corner-shop' }, calls)).status).toBe('valid');
    expect(told(...calls).status).toBe('invalid');
  });

  it('lets a described shop give back what has lapsed and was not swept yet', () => {
    const late = said('release', 'ann', [9_000_000, 9_000_010], { hold: 'a' });
    expect(check(evidenceOf({ ...shopSale, shop: 'corner-shop' }, [held, late])).status).toBe(
      'valid',
    );
    expect(told(held, late).summary).toContain('was cancelled after it had lapsed');
  });

  it('believes a described shop that says yes to what is given back already, whosever it is', () => {
    const shop = { ...shopSale, shop: 'corner-shop' };
    const nobodys = { buyer: undefined };
    const back = (ms: number) => said('release', 'ann', [ms, ms + 5], { hold: 'a', ...nobodys });
    const calls = [{ ...held, ...nobodys }, back(20), back(30)];
    expect(check(evidenceOf(shop, calls)).status).toBe('valid');
    expect(told(...calls).status).toBe('invalid');
    const bought = said('buy', 'ann', [0, 10], { order: 'order-a', ...nobodys });
    const undo = (ms: number) =>
      said('cancel', 'ann', [ms, ms + 5], { order: 'order-a', ...nobodys });
    expect(check(evidenceOf(shop, [bought, undo(20), undo(30)])).status).toBe('valid');
    expect(told(bought, undo(20), undo(30)).status).toBe('invalid');
  });

  it('names a purchase without a reservation by its order', () => {
    const bought = said('buy', 'ann', [0, 10], { order: 'order-a' });
    const cancel = (atMs: number) => said('cancel', 'ann', [atMs, atMs + 5], { order: 'order-a' });
    const { summary } = told(bought, cancel(40), cancel(50));
    expect(summary).toContain('the order order-a was cancelled 2 times');
  });

  it('shows the calls that were done, and none without an answer', () => {
    const shown = (...calls: Call[]) => {
      const open = [
        unanswered('confirm', 'eve', 11, { hold: 'a' }),
        unanswered('release', 'eve', 12, { hold: 'a' }),
      ];
      const { witness } = told(held, ...open, ...calls);
      return witness?.operations.map(({ kind, buyer }) => `${kind} ${buyer}`);
    };
    const call = (kind: Call['kind'], atMs: number, facts: Partial<Call> = {}) =>
      said(kind, 'ann', [atMs, atMs + 5], { hold: 'a', ...facts });
    const buy = 'confirm ann';
    const back = 'release ann';
    expect(shown(call('confirm', 20), call('confirm', 30))).toEqual(['reserve ann', buy, buy]);
    expect(shown(call('release', 20), call('release', 30))).toEqual(['reserve ann', back, back]);
    expect(shown(call('confirm', 20), call('release', 30))).toEqual(['reserve ann', buy, back]);
    expect(shown(call('confirm', 20))).toBeUndefined();
    expect(shown(call('release', 20))).toBeUndefined();
    expect(shown(call('confirm', 1_500))).toEqual(['reserve ann', buy]);
    const order = { order: 'order-a' };
    const cancels = [call('cancel', 40, order), call('cancel', 50, order)];
    const lost = unanswered('cancel', 'eve', 35, order);
    const bought = call('confirm', 20, order);
    expect(shown(bought, lost, ...cancels)).toEqual(['reserve ann', 'cancel ann', 'cancel ann']);
    expect(shown(bought, lost, ...cancels.slice(1))).toBeUndefined();
  });

  it('shows three calls in a line, and the way that a hold took in the ledger', () => {
    const again = { hold: 'a', order: 'order-a' };
    const calls = [20, 30, 40].map((atMs) => said('confirm', 'ann', [atMs, atMs + 5], again));
    const line = told(held, ...calls)
      .witness?.prose.split('\n')[1]
      ?.split('. ');
    expect(line).toEqual([
      '  - reservation a was bought 3 times',
      expect.stringContaining('Buyer ann asked for'),
      expect.stringContaining('12:00:00.020'),
      expect.stringContaining('12:00:00.030'),
    ]);
    const ledger = booksOf(
      shopSale,
      (['RESERVED', 'EXPIRED', 'SOLD'] as const).map((kind) => ({ kind, hold: 'a', buyer: 'ann' })),
    );
    const { summary, witness } = check(evidenceOf(shopSale, [held], { ledger }));
    expect(summary).toContain('a went RESERVED → EXPIRED → SOLD: movement 3 may not follow');
    expect(witness?.operations).toMatchObject([{ hold: 'a' }]);
  });

  it('is skipped without a hold, and judges answers without a ledger', () => {
    expect(told().status).toBe('skipped');
    expect(told(held).status).toBe('valid');
  });

  it('allows a checkout and a cancellation to race, if one of them loses', () => {
    const { status } = told(
      held,
      said('confirm', 'ann', [20, 30], { hold: 'a' }),
      refused('release', 'ann', [20, 31], { hold: 'a', code: 'RESERVATION_NOT_ACTIVE' }),
    );
    expect(status).toBe('valid');
  });

  it('finds a checkout of a hold that had surely lapsed, even by a clock that is 0.05 % slower', () => {
    const boughtAt = (atMs: number) =>
      told(held, said('confirm', 'ann', [atMs, atMs + 5], { hold: 'a' })).status;
    expect(boughtAt(1_010.5)).toBe('valid');
    expect(boughtAt(1_010.500001)).toBe('invalid');
  });

  it.each([
    ['SOLD after EXPIRED', ['RESERVED', 'EXPIRED', 'SOLD'], 'movement 3 may not follow'],
    ['RELEASED twice', ['RESERVED', 'RELEASED', 'RELEASED'], 'movement 3 may not follow'],
    ['sold unreserved', ['SOLD'], 'movement 1 may not follow'],
  ] as const)('finds in the movements: %s', (_what, kinds, words) => {
    const entries = kinds.map((kind, place) => ({
      kind,
      hold: 'a',
      buyer: 'ann',
      atMs: place * 2_000,
    }));
    const ledger = booksOf(shopSale, entries);
    expect(check(evidenceOf(shopSale, [held], { ledger })).witness?.prose).toContain(words);
  });

  it('finds a sale after the lapse, and an expiry before it, by the ledger’s own times', () => {
    const movedAt = (kind: 'SOLD' | 'EXPIRED', atMs: number) => {
      const ledger = booksOf(shopSale, [
        { kind: 'RESERVED', hold: 'a', buyer: 'ann', atMs: 5 },
        { kind, hold: 'a', buyer: 'ann', atMs },
      ]);
      return check(evidenceOf(shopSale, [held], { ledger })).status;
    };
    expect(movedAt('SOLD', 1_004)).toBe('valid');
    expect(movedAt('SOLD', 1_006)).toBe('invalid');
    expect(movedAt('EXPIRED', 1_005)).toBe('valid');
    expect(movedAt('EXPIRED', 1_004)).toBe('invalid');
  });

  it('lets a hold be sold until it is swept, where the shop says so, and no longer', () => {
    const sale = { ...shopSale, shop: 'corner-shop', sweepGraceMs: 100, soldUntilSwept: true };
    const soldAt = (atMs: number) => {
      const ledger = booksOf(sale, [
        { kind: 'RESERVED', hold: 'a', buyer: 'ann', atMs: 5 },
        { kind: 'SOLD', hold: 'a', buyer: 'ann', atMs },
      ]);
      return check(evidenceOf(sale, [held], { ledger })).status;
    };
    expect([1_105, 1_106].map(soldAt)).toEqual(['valid', 'invalid']);
    const boughtAt = (atMs: number) =>
      check(evidenceOf(sale, [held, said('confirm', 'ann', [atMs, atMs + 5], { hold: 'a' })]));
    expect(boughtAt(1_110.5).status).toBe('valid');
    expect(boughtAt(1_110.500001).status).toBe('unknown');
  });

  it('takes a sale at the time of the lapse for one before it, because both times are rounded', () => {
    const ledger = booksOf(shopSale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', atMs: 5 },
      { kind: 'SOLD', hold: 'a', buyer: 'ann', atMs: 1_005 },
    ]);
    expect(check(evidenceOf(shopSale, [held], { ledger })).status).toBe('valid');
  });

  it.each([
    ['SOLD', 'microseconds', '12:00:00.025001', '12:00:00.025001', 'valid'],
    ['SOLD', 'microseconds', '12:00:00.025002', '12:00:00.025001', 'invalid'],
    ['EXPIRED', 'microseconds', '12:00:00.025001', '12:00:00.025001', 'valid'],
    ['EXPIRED', 'microseconds', '12:00:00.025001', '12:00:00.025002', 'invalid'],
    ['SOLD', 'seconds', '12:00:02', '12:00:02', 'valid'],
    ['SOLD', 'seconds', '12:00:03', '12:00:02', 'invalid'],
    ['EXPIRED', 'seconds', '12:00:02.000', '12:00:02', 'valid'],
    ['EXPIRED', 'seconds', '12:00:02', '12:00:03', 'invalid'],
  ] as const)(
    'compares %s in a ledger of %s: moved at %s, lapses at %s',
    (kind, _, at, lapses, status) => {
      const ledger = booksOf(shopSale, [
        { kind: 'RESERVED', hold: 'a', buyer: 'ann', atMs: 0 },
        { kind, hold: 'a', buyer: 'ann', atMs: 1_000 },
      ]);
      reservationIn(ledger, 'a').expiresAt = `2026-01-01T${lapses}Z`;
      (ledger.movements[1] as { at: string }).at = `2026-01-01T${at}Z`;
      expect(check(evidenceOf(shopSale, [held], { ledger })).status).toBe(status);
    },
  );

  it('orders movements by their numbers, never by their times', () => {
    const ledger = booksOf(shopSale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', atMs: 5 },
      { kind: 'RELEASED', hold: 'a', buyer: 'ann', atMs: 4 },
    ]);
    expect(check(evidenceOf(shopSale, [held], { ledger })).status).toBe('valid');
  });

  it.each(['reservation', 'movement'] as const)('asks nothing of a ledger without %ss', (kind) => {
    const { ledger } = inShop();
    const kinds = (['inventory', 'reservation', 'order', 'movement'] as const).filter(
      (other) => other !== kind,
    );
    const evidence = { ...answersOnly, ledger: [...kinds] };
    const wrong = evidenceOf({ ...shopSale, evidence }, [held], { ledger });
    reservationIn(ledger as LedgerSnapshot, 'c').status = 'CANCELLED';
    expect(check(wrong).status).toBe('valid');
  });

  it('compares no digits below the microsecond', () => {
    const evidence = inShop((ledger) => {
      reservationIn(ledger, 'a').expiresAt = '2026-01-01T12:00:00.025Z';
      (ledger.movements[3] as { at: string }).at = '2026-01-01T12:00:00.0250009Z';
    });
    expect(check(evidence).status).toBe('valid');
  });

  it('finds a cancellation of a hold that had surely lapsed', () => {
    const releasedAt = (atMs: number) =>
      told(held, said('release', 'ann', [atMs, atMs + 5], { hold: 'a' }));
    expect(releasedAt(1_010.5).status).toBe('valid');
    expect(releasedAt(1_011).summary).toContain('was cancelled after it had lapsed');
  });

  it('is not skipped when only the ledger has holds', () => {
    expect(check(inShop(undefined, [])).status).toBe('valid');
  });

  it('names the hold of an order whose id nobody was told, and shows five holds', () => {
    const cancel = (atMs: number) => said('cancel', 'ann', [atMs, atMs + 5]);
    const { summary: nameless } = told(said('buy', 'ann', [0, 10]), cancel(40), cancel(50));
    expect(nameless).toContain('the order of reservation');
    const twice = ['a', 'b', 'c', 'd', 'e', 'f'].flatMap((hold) => [
      said('reserve', hold, [0, 10], { hold }),
      ...[20, 30].map((atMs) => said('confirm', hold, [atMs, atMs + 5], { hold })),
    ]);
    const { summary, witness } = told(...twice);
    expect(summary).toContain('6 holds took');
    expect(witness?.prose.split('\n')).toHaveLength(6);
  });

  it('finds a registration that bought a hold which had surely lapsed', () => {
    const registered = said('register', 'ann', [1_011, 1_020], { hold: 'a', order: 'order-a' });
    expect(told(held, registered).summary).toContain('a was bought after it had lapsed');
  });

  it('allows an order to be cancelled after its sale, and nothing after that', () => {
    const books = (...kinds: ('SOLD' | 'RETURNED')[]) => {
      const entries = (['RESERVED', ...kinds] as const).map((kind) => ({
        kind,
        hold: 'a',
        buyer: 'ann',
      }));
      return check(evidenceOf(shopSale, [held], { ledger: booksOf(shopSale, entries) })).status;
    };
    expect(books('SOLD', 'RETURNED')).toBe('valid');
    expect(books('RETURNED')).toBe('invalid');
    expect(books('SOLD', 'RETURNED', 'RETURNED')).toBe('invalid');
  });

  it('finds a reservation without movements, movements without a reservation, and another quantity', () => {
    const proseOf = (tamper: Parameters<typeof inShop>[0]) => check(inShop(tamper)).witness?.prose;
    expect(
      proseOf((ledger) => {
        ledger.movements = ledger.movements.filter((row) => row.reservationId !== 'c');
      }),
    ).toContain('reservation c has no movement at all');
    expect(
      proseOf((ledger) => {
        ledger.reservations = ledger.reservations.filter((row) => row.reservationId !== 'c');
      }),
    ).toContain('reservation c has movements (EXPIRED) and no row');
    expect(
      proseOf((ledger) => {
        (ledger.movements[0] as { quantity: number }).quantity = 2;
      }),
    ).toContain('reservation a is of 1 unit, its movement 1 of 2');
  });

  it('judges the answers alone where the ledger has no movements', () => {
    const evidence = inShop((ledger) => {
      ledger.movements = [];
    });
    expect(check(evidence).status).toBe('invalid');
    const kinds = evidence.sale.evidence.ledger.filter((kind) => kind !== 'movement');
    const promised = { ...evidence.sale.evidence, ledger: kinds };
    const bare = { ...evidence, sale: { ...evidence.sale, evidence: promised } };
    expect(check(bare).status).toBe('valid');
  });

  it('counts a hold once that is wrong by its answers and in the ledger', () => {
    const ledger = booksOf(shopSale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', atMs: 5 },
      { kind: 'SOLD', hold: 'a', buyer: 'ann', atMs: 1_100 },
    ]);
    const late = said('confirm', 'ann', [1_090, 1_110], { hold: 'a' });
    const { summary } = check(evidenceOf(shopSale, [held, late], { ledger }));
    expect(summary).toContain('1 hold took a way a hold cannot take');
  });

  it('is skipped when no hold was recorded', () => {
    expect(told().status).toBe('skipped');
  });

  it('finds a state that its movements do not lead to', () => {
    const evidence = inShop((ledger) => {
      reservationIn(ledger, 'c').status = 'CANCELLED';
    });
    expect(check(evidence).witness?.prose).toContain(
      'reservation c is CANCELLED although its last movement is EXPIRED',
    );
  });
});

itCatches(legalTransitions, ['double-release', 'late-confirm', 'early-expiry', 'double-cancel']);
