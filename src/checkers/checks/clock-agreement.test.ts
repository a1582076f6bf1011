import { describe, expect, it } from 'vitest';
import { voucherOf } from '../../../test/judge/campaign-story.ts';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import { ticketOf } from '../../../test/judge/ticket-story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import { answersOnly, type BooksReading, type Manifest } from '../../history/manifest.ts';
import type { LedgerRowKind } from '../../protocol/ledger.ts';
import { clockAgreement } from './clock-agreement.ts';

const { check } = clockAgreement;
const GOODS: LedgerRowKind[] = ['voucher', 'ticket'];
const KINDS: LedgerRowKind[] = ['inventory', 'reservation', 'order', 'movement', ...GOODS];
const evidence: Manifest = { ...answersOnly, ledger: KINDS, oneClock: true };
const sale = saleOf({ total: 9, evidence });

/** Six buyers, each with a call of 10 ms; the ledger dates each hold in the middle of the call. */
const BUYERS = ['ann', 'bob', 'cid', 'dan', 'eve', 'fay'];
const CALLS: Call[] = BUYERS.map((buyer, place) =>
  said('reserve', buyer, [place * 100, place * 100 + 10], { hold: buyer }),
);
const entries = (aheadMs: (place: number) => number): Entry[] =>
  BUYERS.map((buyer, place) => ({
    ...{ kind: 'RESERVED', hold: buyer, buyer, atMs: place * 100 + 5 + aheadMs(place) },
  }));

const judged = (aheadMs: (place: number) => number, calls = CALLS) =>
  check(evidenceOf(sale, calls, { ledger: booksOf(sale, entries(aheadMs)) }));

describe('clock-agreement: how long reservations live', () => {
  const withLapse = (expiresAt: string, createdAt = '2026-01-01T12:00:00.005Z') => {
    const ledger = booksOf(
      sale,
      entries(() => 0),
    );
    Object.assign(ledger.reservations[0] as object, { createdAt, expiresAt });
    return check(evidenceOf(sale, CALLS, { ledger }));
  };

  it('is skipped for a ledger without times', () => {
    expect(check(evidenceOf(sale, [], { ledger: booksOf(sale, []) })).status).toBe('skipped');
  });

  it('finds a reservation that lives longer or shorter than the sale says', () => {
    expect(withLapse('2026-01-01T12:00:01.005Z').status).toBe('valid');
    expect(withLapse('2026-01-01T12:00:01.004Z').status).toBe('invalid');
    expect(withLapse('2026-01-01T12:00:02.005Z')).toMatchObject({
      status: 'invalid',
      summary: expect.stringContaining(
        '1 reservation of 6 does not live the 1000 ms of this sale: reservation ann was made at 2026-01-01T12:00:00.005Z and lapses at 2026-01-01T12:00:02.005Z, 2000 ms later',
      ),
    });
  });

  it('compares to the resolution of the ledger', () => {
    expect(withLapse('2026-01-01T12:00:01.005001Z').status).toBe('invalid');
    const ledger = booksOf(sale, []);
    const inSeconds = (expiresAt: string) => {
      ledger.reservations = booksOf(
        sale,
        entries(() => 0),
      ).reservations.map((row) => ({
        ...row,
        ...{ createdAt: '2026-01-01T12:00:00Z', expiresAt },
      }));
      const other = saleOf({ holdTtlMs: 1_500, evidence });
      return check(evidenceOf(other, [], { ledger })).status;
    };
    expect(inSeconds('2026-01-01T12:00:01Z')).toBe('valid');
    expect(inSeconds('2026-01-01T12:00:02Z')).toBe('valid');
    expect(inSeconds('2026-01-01T12:00:03Z')).toBe('invalid');
  });

  it('shows ten of those that do not', () => {
    const twelve = Array.from({ length: 12 }, (_, place) => `b${place}`);
    const made = twelve.map((hold): Entry => ({ kind: 'RESERVED', hold, buyer: hold }));
    const ledger = booksOf(saleOf({ holdTtlMs: 2_000 }), made);
    const { summary, witness } = check(evidenceOf(sale, [], { ledger }));
    expect(summary).toContain('12 reservations of 12 do not live the 1000 ms');
    expect(witness?.prose.match(/\n {2}- reservation b/g)).toHaveLength(10);
  });

  it.each([
    ['nobody knows how long they should', { holdTtlMs: undefined }, {}],
    ['the ledger does not say when they lapse', {}, { expiresAt: null }],
    ['the ledger does not say when they were made', {}, { createdAt: null }],
  ])('is not looked at where %s', (_, facts, columns) => {
    const unknown = (oneClock: true | undefined) => {
      const ledger = booksOf(
        sale,
        entries(() => 0),
      );
      for (const row of ledger.reservations) Object.assign(row, columns);
      const story = saleOf({ total: 9, evidence: { ...evidence, oneClock }, ...facts });
      return check(evidenceOf(story, CALLS, { ledger }));
    };
    expect(unknown(undefined).status).toBe('skipped');
    expect(unknown(true)).toMatchObject({
      status: 'valid',
      summary: expect.stringMatching(/^6 times in the ledger fit their calls by one clock/),
    });
  });
});

describe('clock-agreement: times and calls', () => {
  it.each([0, 3_600_000, -1_500])('fits a ledger whose clock is %d ms ahead', (ms) => {
    expect(judged(() => ms).status).toBe('valid');
  });

  it('names the offset and its uncertainty', () => {
    expect(judged(() => 0).summary).toContain('one clock, 0 ms ahead of that of the history');
    expect(judged(() => 3_600_000).summary).toContain('one clock, 3,600,000 ms ahead of that');
    expect(judged(() => -1_500).summary).toBe(
      '6 reservations live as long as the sale says; 6 times in the ledger fit their calls by one clock, 1,500 ms behind that of the history, give or take 6 ms',
    );
  });

  it('fits a clock that runs 0.05 % faster, and not one that runs faster than that', () => {
    const gaining = (share: number) => {
      const hours = BUYERS.map((buyer, hour) =>
        said('reserve', buyer, [hour * 3.6e6, hour * 3.6e6 + 10], { hold: buyer }),
      );
      const ledger = booksOf(
        sale,
        BUYERS.map((buyer, hour) => ({
          ...{ kind: 'RESERVED', hold: buyer, buyer, atMs: hour * 3.6e6 * (1 + share) + 5 },
        })),
      );
      return check(evidenceOf(sale, hours, { ledger }));
    };
    expect(gaining(0.0005).summary).toContain('6 times in the ledger fit their calls by one clock');
    expect(gaining(-0.0005).summary).toContain(
      '6 times in the ledger fit their calls by one clock',
    );
    expect(gaining(0.01).status).not.toBe('valid');
  });

  it.each([
    [20, ', 20 ms after its change was over'],
    [-20, ', 8 ms before its call began'],
    [86_400_000, ', 86,400,000 ms after its change was over'],
  ])('finds a time that is %d ms off, between calls that fit', (ms, words) => {
    const { status, summary, witness } = judged((place) => (place === 2 ? ms : 0));
    expect(status).toBe('invalid');
    expect(summary).toContain('1 time in the ledger lies outside of the call: movement 3 of SKU-1');
    expect(summary).toContain(words);
    expect(witness?.operations.map(({ buyer }) => buyer)).toEqual(['cid']);
    expect(witness?.prose).toContain(`${words}. Buyer cid asked for 1 unit of SKU-1`);
  });

  it('does not tell a clock that was set from a wrong time at the end', () => {
    const { status, summary } = judged((place) => (place === 5 ? 5_000 : 0));
    expect(status).toBe('unknown');
    expect(summary).toContain('the times of 1 row do not fit the clock of the other 5');
    expect(judged((place) => (place === 0 ? 5_000 : 0)).status).toBe('unknown');
  });

  it('believes in a clock that was set once, from five rows on', () => {
    const many = Array.from({ length: 12 }, (_, place) => `b${place}`);
    const setAt = (from: number, isWrong = (_: number) => false) => {
      const calls = many.map((buyer, place) =>
        said('reserve', buyer, [place * 100, place * 100 + 10], { hold: buyer }),
      );
      const ledger = booksOf(
        sale,
        many.map((buyer, place) => ({
          ...{ kind: 'RESERVED', hold: buyer, buyer },
          atMs: place * 100 + 5 + (place >= from ? 3_000 : 0) + (isWrong(place) ? 900_000 : 0),
        })),
      );
      return check(evidenceOf(sale, calls, { ledger }));
    };
    expect(setAt(7).summary).toContain('the clock of the ledger was set during the sale');
    expect(setAt(7).status).toBe('valid');
    expect(setAt(5).status).toBe('valid');
    expect(setAt(8).status).toBe('unknown');
    expect(setAt(7, (place) => place === 9).status).toBe('unknown');
    expect(setAt(7, (place) => place === 3).status).toBe('invalid');
  });

  it('looks at no call where the target does not promise one clock', () => {
    const without = saleOf({ evidence: { ...evidence, oneClock: undefined } });
    const ledger = booksOf(
      without,
      entries((place) => (place === 2 ? 900 : 0)),
    );
    expect(check(evidenceOf(without, CALLS, { ledger })).status).toBe('valid');
  });
});

describe('clock-agreement: the calls that a row belongs to', () => {
  /** A checkout of Cid's hold between the calls of the others, at 255 ms of the story unless `at` says otherwise. */
  const withCheckout = (
    at: string,
    calls: Call[],
    edit: (ledger: LedgerSnapshot) => void = () => {},
  ) => {
    const ledger = booksOf(sale, [
      ...entries(() => 0),
      { kind: 'SOLD', hold: 'cid', buyer: 'cid', atMs: 600 },
    ]);
    const sold = ledger.movements.pop();
    ledger.movements.splice(3, 0, sold as NonNullable<typeof sold>);
    for (const [place, movement] of ledger.movements.entries()) movement.sequence = place + 1;
    const time = `2026-01-01T12:00:00.${at}Z`;
    Object.assign(ledger.movements[3] as object, { at: time });
    Object.assign(ledger.orders[0] as object, { createdAt: time });
    edit(ledger);
    return check(evidenceOf(sale, [...CALLS, ...calls], { ledger }));
  };
  const buy = (times: [number, number], facts: Partial<Call> = {}) =>
    said('confirm', 'cid', times, { hold: 'cid', order: 'order-cid', ...facts });

  it('are the checkout for the sale and its order', () => {
    expect(withCheckout('255', [buy([250, 260])]).status).toBe('valid');
    expect(withCheckout('235', [buy([250, 260])]).status).toBe('invalid');
    const { status, witness } = withCheckout('275', [buy([250, 260])]);
    expect(status).toBe('invalid');
    expect(witness?.prose).toContain('- movement 4 of SKU-1, SOLD, is of 2026-01-01T12:00:00.275Z');
    expect(witness?.prose).toContain('- order order-cid was placed at 2026-01-01T12:00:00.275Z');
  });

  it('are named by what happened to a ticket or a voucher', () => {
    const wrongTime = '2026-01-01T12:00:00.285Z';
    const told = (call: Call, rows: Partial<LedgerSnapshot>) => {
      const edit = (ledger: LedgerSnapshot) => Object.assign(ledger, rows);
      return withCheckout('255', [buy([250, 260]), call], edit).summary;
    };
    const ticket = (columns: Partial<LedgerSnapshot['tickets'][number]>) => ({
      tickets: [{ ...ticketOf(1, 'cid', 'order-cid'), ...columns }],
    });
    const shown = said('check-in', 'gate', [262, 270], { ticket: 'T1', callId: 'scan-1' });
    expect(told(shown, ticket({ issuedAt: wrongTime }))).toContain(
      `ticket ticket-1 was issued at ${wrongTime}, `,
    );
    const letIn = ticket({ checkedInAt: wrongTime, checkedInByCallId: 'scan-1' });
    expect(told(shown, letIn)).toContain(`ticket ticket-1 was let in at ${wrongTime}, `);

    const voucher = (columns: Partial<LedgerSnapshot['vouchers'][number]>) => ({
      vouchers: [{ ...voucherOf('cid', 'cid'), issuedAt: null, ...columns }],
    });
    const used = said('redeem', 'cid', [262, 270], { voucher: 'CODE-CID' });
    expect(told(used, voucher({ issuedAt: wrongTime }))).toContain(
      `voucher CODE-CID was issued at ${wrongTime}, `,
    );
    expect(told(used, voucher({ usedAt: wrongTime }))).toContain(
      `voucher CODE-CID was used at ${wrongTime}, `,
    );
  });

  it('begin with the first call of the key', () => {
    const first = unanswered('confirm', 'cid', 230, { hold: 'cid', idempotencyKey: 'k' });
    const again = buy([250, 260], { idempotencyKey: 'k' });
    expect(withCheckout('235', [first, again]).status).toBe('valid');
    expect(withCheckout('215', [first, again]).status).toBe('invalid');
  });

  it('do not begin with a checkout that found the order of another call', () => {
    const byOther = (ledger: LedgerSnapshot) => {
      (ledger.orders[0] as { callId: string }).callId = 'other';
    };
    const ofMine = [buy([250, 260], { callId: 'mine' })];
    expect(withCheckout('235', ofMine, byOther).status).toBe('valid');
    const byMine = (ledger: LedgerSnapshot) => {
      (ledger.orders[0] as { callId: string }).callId = 'mine';
    };
    expect(withCheckout('235', ofMine, byMine).status).toBe('invalid');
  });

  it('are none for what a worker or a sweeper does, which came after its hold and before a later number was answered', () => {
    const sweptAt = (atMs: number) => {
      const [ann, ...others] = entries(() => 0);
      const swept: Entry = { kind: 'EXPIRED', hold: 'ann', buyer: 'ann', atMs };
      const all = [ann, ...others.slice(0, 2), swept, ...others.slice(2)] as Entry[];
      return check(evidenceOf(sale, CALLS, { ledger: booksOf(sale, all) })).status;
    };
    expect(sweptAt(-4_000)).not.toBe('valid');
    expect(sweptAt(6)).toBe('valid');
    expect(sweptAt(255)).toBe('valid');
    // Dan's hold has the next number, and was answered at 310.
    expect(sweptAt(330)).not.toBe('valid');
  });

  it('were over when the ledger was read', () => {
    const books = (toMs: number): BooksReading[] => [
      { skuId: 'SKU-1', fromNs: 600e6, toNs: toMs * 1e6, counts: {} },
    ];
    const ledger = booksOf(sale, [
      ...entries(() => 0),
      { kind: 'EXPIRED', hold: 'ann', buyer: 'ann', atMs: 2_000 },
    ]);
    const readAt = (toMs: number) => check(evidenceOf(sale, CALLS, { ledger, books: books(toMs) }));
    expect(readAt(2_001).status).toBe('valid');
    const calls = { ledger, books: books(2_001) };
    expect(check(evidenceOf(sale, [], calls)).summary).toBe(
      '6 reservations live as long as the sale says; 7 times in the ledger fit their calls by one clock',
    );
    expect(readAt(1_900).status).not.toBe('valid');
  });
});

itCatches(clockAgreement, ['short-hold', 'misdated']);
