import { describe, expect, it } from 'vitest';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  refused,
  said,
  unanswered,
} from '../../../../test/judge/story.ts';
import { answersOnly, type Manifest } from '../../../history/manifest.ts';
import {
  bought,
  check,
  givenBack,
  held,
  inBooks,
  sale,
  shownIn,
  statusOf,
} from './testing/refusals.ts';

describe('"your reservation has expired"', () => {
  const told = (times: [number, number], kind: 'confirm' | 'release' = 'confirm') =>
    refused(kind, 'ann', times, { hold: 'a', code: 'RESERVATION_EXPIRED' });

  it('is false as long as the hold cannot have lapsed, however late in its call it was made', () => {
    // The server's clock may run a little faster.
    expect(statusOf(held, told([900, 999.4]))).toBe('invalid');
    expect(statusOf(held, told([900, 999.5]))).toBe('valid');
    expect(statusOf(held, told([900, 999.4], 'release'))).toBe('invalid');
  });

  it('is false before the end that the ledger has, on its own clock, an hour ahead', () => {
    const hourMs = 3_600_000;
    const slow = said('reserve', 'ann', [0, 500], { hold: 'a', callId: 'try-a' });
    const quick = said('reserve', 'bob', [600, 602], { hold: 'b', callId: 'try-b' });
    const entries: Entry[] = [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a', atMs: hourMs + 491 },
      { kind: 'RESERVED', hold: 'b', buyer: 'bob', callId: 'try-b', atMs: hourMs + 601 },
    ];
    const manifest: Manifest = {
      ...answersOnly,
      ledger: ['inventory', 'reservation', 'order', 'movement'],
      oneClock: true,
    };
    const ledger = booksOf(sale, entries);
    const byBooks = (toMs: number) =>
      check(
        evidenceOf({ ...sale, evidence: manifest }, [slow, quick, told([1_300, toMs])], {
          ledger,
        }),
      ).status;
    expect(byBooks(1_480)).toBe('invalid');
    expect(byBooks(1_495)).toBe('valid');
    expect(statusOf(slow, quick, told([1_300, 1_480]))).toBe('valid');
  });

  it('is false of a hold that was bought or given back before, or that is bought or given back later', () => {
    expect(statusOf(held, bought, told([2_000, 2_010]))).toBe('invalid');
    expect(statusOf(held, givenBack, told([2_000, 2_010]))).toBe('invalid');
    const later = said('confirm', 'ann', [1_005, 1_006], { hold: 'a' });
    expect(statusOf(held, later, told([1_000, 1_004]))).toBe('invalid');
    expect(statusOf(held, later, told([1_000, 1_005]))).toBe('valid');
    const lost = unanswered('confirm', 'ann', 1_600, { hold: 'a' });
    expect(statusOf(held, told([1_500, 1_510]), lost)).toBe('valid');
  });

  it('may be true in a described shop of a hold that was paid for after it may have lapsed', () => {
    const inCorner = (paidMs: number) => {
      const paid = said('confirm', 'ann', [990, paidMs], { hold: 'a', order: 'order-a' });
      const calls = [held, paid, told([2_000, 2_010])];
      return check(evidenceOf({ ...sale, shop: 'corner-shop' }, calls)).status;
    };
    expect(inCorner(1_000)).toBe('invalid');
    expect(inCorner(1_001)).toBe('valid');
  });

  it('is believed of a hold of which no buyer was told', () => {
    const lost = unanswered('reserve', 'ann', 0, { callId: 'try-a' });
    const entries: Entry[] = [{ kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' }];
    expect(inBooks(entries, lost, told([20, 30]))).toBe('valid');
    expect(inBooks(entries, held, told([20, 30]))).toBe('invalid');
  });
});

describe('"your reservation is not active"', () => {
  const told = (times: [number, number], kind: 'confirm' | 'release' = 'release') =>
    refused(kind, 'ann', times, { hold: 'a', code: 'RESERVATION_NOT_ACTIVE' });

  it('is true once somebody may have bought it or given it back, or once it may have lapsed', () => {
    expect(statusOf(held, told([15, 19]))).toBe('invalid');
    expect(statusOf(held, bought, told([15, 20]))).toBe('valid');
    expect(statusOf(held, bought, told([15, 19]))).toBe('invalid');
    expect(statusOf(held, givenBack, told([15, 20], 'confirm'))).toBe('valid');
    expect(statusOf(held, told([999, 999.5]))).toBe('valid');
    expect(statusOf(held, unanswered('confirm', 'ann', 11, { hold: 'a' }), told([15, 19]))).toBe(
      'valid',
    );
  });

  it('is false of a hold that is bought later', () => {
    const later = said('confirm', 'ann', [1_000, 1_006], { hold: 'a' });
    expect(statusOf(held, later, told([990, 999.9]))).toBe('invalid');
  });

  it('is false before the end that the ledger has, though a checkout was under way', () => {
    const hourMs = 3_600_000;
    const reserved = said('reserve', 'ann', [0, 2], { hold: 'a', callId: 'try-a' });
    const paid = said('confirm', 'ann', [300, 600], { hold: 'a', order: 'order-a', callId: 'pay' });
    const entry = { hold: 'a', buyer: 'ann' };
    const ledger = booksOf(sale, [
      { ...entry, kind: 'RESERVED', callId: 'try-a', atMs: hourMs + 1 },
      { ...entry, kind: 'SOLD', callId: 'pay', atMs: hourMs + 500 },
    ]);
    const manifest: Manifest = {
      ...answersOnly,
      ledger: ['inventory', 'reservation', 'order', 'movement'],
    };
    const byBooks = (toMs: number, oneClock: boolean) =>
      check(
        evidenceOf(
          { ...sale, evidence: { ...manifest, oneClock } },
          [reserved, paid, told([200, toMs], 'release')],
          { ledger },
        ),
      );
    expect(byBooks(490, true).status).toBe('invalid');
    expect(byBooks(490, true).witness?.operations.map(({ kind }) => kind)).toEqual([
      'reserve',
      'release',
    ]);
    expect(byBooks(490, true).summary).toMatch(
      /in the ledger reservation a did not end before 12:00:00.49/,
    );
    expect(byBooks(505, true).status).toBe('valid');
    expect(byBooks(490, false).status).toBe('valid');
  });
});

describe('"it was checked out before"', () => {
  const told = (times: [number, number]) =>
    refused('confirm', 'ann', times, { hold: 'a', code: 'ORDER_EXISTS' });
  const other = (code: string, times: [number, number] = [20, 30]) =>
    refused('confirm', 'ann', times, { hold: 'a', code });

  it('is true once another checkout of the hold may have made an order', () => {
    expect(statusOf(held, told([15, 19]))).toBe('invalid');
    expect(statusOf(held, bought, told([15, 20]))).toBe('valid');
    expect(statusOf(held, bought, told([15, 19]))).toBe('invalid');
    expect(statusOf(held, other('PAYMENT_UNAVAILABLE'), told([40, 50]))).toBe('valid');
  });

  it('is false beside a stranger’s checkout that found no such hold, which a described shop may have begun', () => {
    const stranger = refused('confirm', 'eve', [40, 50], { hold: 'a', code: 'NOT_FOUND' });
    const calls = [held, stranger, told([41, 51])];
    expect(statusOf(...calls)).toBe('invalid');
    expect(check(evidenceOf({ ...sale, shop: 'corner-shop' }, calls)).status).toBe('valid');
    expect(statusOf(held, unanswered('confirm', 'eve', 40, { hold: 'a' }), told([41, 51]))).toBe(
      'valid',
    );
  });

  it('is false though another hold of its buyer was checked out, or a call of theirs is open', () => {
    const second = said('reserve', 'ann', [11, 12], { hold: 'b' });
    const ofSecond = said('confirm', 'ann', [20, 30], { hold: 'b', order: 'order-b' });
    expect(statusOf(held, second, ofSecond, told([40, 50]))).toBe('invalid');
    expect(statusOf(held, unanswered('reserve', 'ann', 15), told([40, 50]))).toBe('invalid');
  });

  it('is true once another checkout was begun, whatever a gateway said of it', () => {
    const broken = { hold: 'a', status: 502, code: 'NOT_FOUND' };
    const lost = unanswered('confirm', 'ann', 20, broken);
    expect(statusOf(held, lost, told([40, 50]))).toBe('valid');
  });

  it('is true in a described shop once a checkout that names no hold may have been of this one', () => {
    const inCorner = (...calls: Call[]) =>
      check(evidenceOf({ ...sale, shop: 'corner-shop' }, calls)).status;
    const nameless = said('confirm', 'ann', [20, 30], { order: 'order-a' });
    expect(inCorner(held, nameless, told([40, 50]))).toBe('valid');
    expect(inCorner(held, told([40, 50]))).toBe('invalid');
  });

  it('is true once a registration may have bought the hold', () => {
    const registered = said('register', 'ann', [20, 30], { hold: 'a', order: 'order-a' });
    expect(statusOf(held, registered, told([15, 20]))).toBe('valid');
    expect(statusOf(held, registered, told([15, 19]))).toBe('invalid');
    const named = { ...registered, callId: 'try-b' };
    const entries: Entry[] = [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' },
      { kind: 'SOLD', hold: 'a', buyer: 'ann', callId: 'try-b' },
    ];
    expect(inBooks(entries, held, named, told([40, 50]))).toBe('valid');
  });

  it('is false after checkouts that made none, and true while they were under way', () => {
    const notOurs = other('RESERVATION_NOT_ACTIVE');
    expect(statusOf(held, givenBack, notOurs, told([40, 50]))).toBe('invalid');
    expect(statusOf(held, givenBack, notOurs, told([30, 50]))).toBe('valid');
  });
});

describe('the witness against a refusal about a hold', () => {
  const told = (times: [number, number], code: string) =>
    refused('confirm', 'ann', times, { hold: 'a', code });
  const proof = (...calls: Call[]) => {
    const evidence = evidenceOf(sale, calls);
    return { shown: shownIn(evidence), why: check(evidence).summary };
  };

  it('has the call that made it, and the one that ended it or will', () => {
    const expired = (times: [number, number]) => told(times, 'RESERVATION_EXPIRED');
    expect(proof(held, expired([900, 999])).shown).toEqual(['reserve ann', 'confirm ann']);
    const lost = unanswered('confirm', 'ann', 15, { hold: 'a' });
    const before = proof(held, lost, bought, expired([2_000, 2_010]));
    expect(before.shown).toEqual(['confirm ann', 'confirm ann']);
    expect(before.why).toContain('reservation a was sold before');
    expect(
      check(evidenceOf(sale, [held, lost, bought, expired([2_000, 2_010])])).witness?.operations[0],
    ).toMatchObject({
      outcome: 'ok',
    });
    const later = (kind: 'confirm' | 'release') =>
      proof(held, said(kind, 'ann', [1_005, 1_006], { hold: 'a' }), expired([1_000, 1_004]));
    expect(later('confirm').why).toMatch(/it was sold by a later call$/);
    expect(later('release').why).toMatch(/it was given back by a later call$/);
    expect(later('release').shown).toEqual(['reserve ann', 'confirm ann', 'release ann']);
  });

  it('has the call that made a hold which nobody else checked out', () => {
    expect(proof(held, told([40, 50], 'ORDER_EXISTS')).shown).toEqual([
      'reserve ann',
      'confirm ann',
    ]);
  });

  it('needs the end to be before the call', () => {
    const lapsed = (fromMs: number) =>
      statusOf(held, bought, told([fromMs, 2_010], 'RESERVATION_EXPIRED'));
    expect(lapsed(30)).toBe('valid');
    expect(lapsed(30.000001)).toBe('invalid');
  });
});

describe('a hold may have been checked out before', () => {
  const told = refused('confirm', 'ann', [40, 50], {
    ...{ hold: 'a', code: 'ORDER_EXISTS', callId: 'mine' },
  });

  it('but not by a checkout that reached nobody', () => {
    const unsent = { hold: 'a', status: 0, code: 'ECONNREFUSED' };
    expect(statusOf(held, refused('confirm', 'ann', [20, 30], unsent), told)).toBe('invalid');
  });

  it('at once, where registering made it', () => {
    expect(statusOf(said('register', 'ann', [0, 10], { hold: 'a' }), told)).toBe('valid');
  });

  it('by a call that the order in the ledger names and nobody knows', () => {
    const sold = (...callIds: string[]) => {
      const ledger = booksOf(sale, [
        { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' },
        { kind: 'SOLD', hold: 'a', buyer: 'ann' },
      ]);
      const [order] = ledger.orders;
      ledger.orders = callIds.map((callId) => ({
        ...(order as NonNullable<typeof order>),
        callId,
      }));
      return check(evidenceOf(sale, [held, told], { ledger })).status;
    };
    expect(sold('mine')).toBe('invalid');
    expect(sold('pay-x')).toBe('valid');
    expect(sold('mine', 'pay-x')).toBe('valid');
  });
});
