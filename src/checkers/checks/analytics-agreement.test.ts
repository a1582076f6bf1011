import { describe, expect, it } from 'vitest';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  refused,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import { TOPICS } from '../../protocol/events.ts';
import type { LedgerBucket, LedgerDelivery, LedgerTrack } from '../../protocol/ledger.ts';
import { analyticsAgreement } from './analytics-agreement.ts';

const { check } = analyticsAgreement;
const sale = saleOf({ total: 2 });

const stored = (
  callId: string,
  records: number,
  facts: Partial<LedgerTrack> = {},
): LedgerTrack => ({
  ...{ row: 'track', skuId: SKU, callId, userId: 'ann', records, callRecords: records },
  ...facts,
});

/** The counts of so many events of weight 1 in one minute, its hour and its day. */
const counted = (records: number, type = 'product.viewed'): LedgerBucket[] =>
  (['minute', 'hour', 'day'] as const).map((size) => ({
    ...{ row: 'bucket', skuId: SKU, type, size },
    at: {
      minute: '2026-01-01T12:30:00Z',
      hour: '2026-01-01T12:00:00Z',
      day: '2026-01-01T00:00:00Z',
    }[size],
    ...{ records, events: records, units: records },
    ...{ storedRecords: records, storedEvents: records, storedUnits: records },
  }));

const told = (callId: string, facts: Partial<Call> = {}): Call =>
  said('track', 'ann', [0, 10], { callId, quantity: 3, status: 202, ...facts });

const judged = (calls: Call[], books: Partial<LedgerSnapshot>) =>
  check(evidenceOf(sale, calls, { ledger: { ...booksOf(sale, []), ...books } }));

/** The fault of the first call, or whatever else is found first. */
const faultOf = (calls: Call[], books: Partial<LedgerSnapshot>): string | undefined =>
  judged(calls, books)
    .summary.split(/, but |, and /)
    .at(-1);

describe('analytics-agreement', () => {
  it('is skipped where nobody told the analytics of anything', () => {
    expect(judged([], {}).status).toBe('skipped');
    expect(judged([said('reserve', 'ann', [0, 10], { callId: 'c1' })], {}).status).toBe('skipped');
    expect(judged([told('c1')], { tracks: [stored('c1', 3)] }).status).toBe('invalid');
  });

  it('is valid when every event of every call is stored and counted once', () => {
    const calls = [told('c1'), told('c2')];
    expect(
      judged(calls, { tracks: [stored('c1', 3), stored('c2', 3)], buckets: counted(6) }),
    ).toEqual({
      status: 'valid',
      summary: '6 events of 2 calls and 0 events of the queue are counted once each, in 3 buckets',
    });
  });

  describe('looks at each call', () => {
    it('finds one that was answered yes, and of which nothing or a part is stored', () => {
      const lost = { tracks: [], buckets: counted(0) };
      expect(faultOf([told('c1')], lost)).toBe('none of its events is stored');
      const half = { tracks: [stored('c1', 1)], buckets: counted(1) };
      const { status, summary, witness } = judged([told('c1')], half);
      expect([status, summary]).toEqual([
        'invalid',
        'the analytics tell of something else than what happened: Buyer ann told the analytics of 3 events about SKU-1 at 12:00:00.000 UTC and was told yes at 12:00:00.010 UTC, but only 1 of its events is stored',
      ]);
      expect(witness?.operations.map(({ callId }) => callId)).toEqual(['c1']);
    });

    it('finds one that was refused and is stored all the same', () => {
      const full = refused('track', 'ann', [0, 10], {
        ...{ callId: 'c1', quantity: 3, status: 503, code: 'UNAVAILABLE' },
      });
      expect(faultOf([full], { tracks: [stored('c1', 3)], buckets: counted(3) })).toBe(
        '3 events of it are stored',
      );
      expect(judged([full], { tracks: [stored('c2', 1)], buckets: counted(1) }).status).toBe(
        'invalid',
      );
      expect(
        judged([full, told('c2')], { tracks: [stored('c2', 3)], buckets: counted(3) }).status,
      ).toBe('valid');
    });

    it('allows one without an answer to be stored, or not', () => {
      const call = unanswered('track', 'ann', 0, { callId: 'c1', quantity: 3 });
      expect(
        judged([call, told('c2')], { tracks: [stored('c2', 3)], buckets: counted(3) }).status,
      ).toBe('valid');
      const both = { tracks: [stored('c1', 3), stored('c2', 3)], buckets: counted(6) };
      expect(judged([call, told('c2')], both).status).toBe('valid');
      const more = { tracks: [stored('c1', 4)], buckets: counted(4) };
      expect(faultOf([call], more)).toBe('4 events of it are stored');
    });

    it('lets a call without a key repeat what another has told', () => {
      const calls = [told('c1'), told('c2', { status: 200 }), told('c3', { status: 200 })];
      const books = { tracks: [stored('c1', 3), stored('c2', 1)], buckets: counted(4) };
      expect(judged(calls, books).status).toBe('valid');
    });

    it('finds events of another buyer, about another product, and of nobody', () => {
      const of = (row: LedgerTrack) =>
        faultOf([told('c1')], { tracks: [row], buckets: counted(3) });
      expect(of(stored('c1', 3, { userId: 'bob' }))).toBe('its events are stored for buyer bob');
      expect(of(stored('c1', 3, { userId: null }))).not.toContain('buyer');
      const other = told('c1', { sku: 'SKU-9' });
      expect(faultOf([other], { tracks: [stored('c1', 3)], buckets: counted(3) })).toBe(
        'its events are stored about SKU-1',
      );
      expect(
        judged([told('c1'), told('c2')], {
          tracks: [stored('c1', 3), stored('c2', 3), stored('c9', 2)],
          buckets: counted(8),
        }).summary,
      ).toContain('2 events about SKU-1 are stored of call c9, which nobody made');
    });

    it('asks nothing about a buyer, a product or an id that a call does not name, or that was not answered', () => {
      const of = (facts: Partial<Call>, rows = [stored('c1', 3)], count = 3) =>
        judged([told('c1', facts)], { tracks: rows, buckets: counted(count) }).status;
      expect(of({ buyer: undefined })).toBe('valid');
      expect(of({ sku: undefined })).toBe('valid');
      expect(of({ callId: undefined }, [], 0)).toBe('valid');
      const cut = unanswered('track', 'ann', 0, { callId: 'c1', quantity: 3, status: 202 });
      expect(judged([cut], { tracks: [], buckets: counted(0) }).status).toBe('valid');
    });

    it('allows a call to tell of several products', () => {
      const two = saleOf({ skus: [SKU, 'SKU-2'].map((skuId) => ({ skuId, total: 2 })) });
      const tracks = [
        stored('c1', 2, { callRecords: 3 }),
        stored('c1', 1, { callRecords: 3, skuId: 'SKU-2' }),
      ];
      const second = counted(1).map((bucket) => ({ ...bucket, skuId: 'SKU-2' }));
      const ledger = { ...booksOf(two, []), tracks, buckets: [...counted(2), ...second] };
      expect(check(evidenceOf(two, [told('c1')], { ledger })).status).toBe('valid');
    });

    it('asks nothing of calls about no product on sale, and of rows that may be of others', () => {
      const nowhere = told('c1', { sku: undefined });
      const elsewhere = told('c2', { sku: 'SKU-9' });
      expect(judged([nowhere, elsewhere], { tracks: [], buckets: counted(0) }).status).toBe(
        'valid',
      );
      const shared = saleOf({ total: 2, nobodyElseBuys: false });
      const ofOthers = (count: number) => {
        const books = { tracks: [stored('c9', 2)], buckets: counted(count) };
        const ledger = { ...booksOf(shared, []), ...books };
        return check(evidenceOf(shared, [], { ledger })).status;
      };
      expect(ofOthers(2)).toBe('valid');
      expect(ofOthers(3)).toBe('valid');
      expect(ofOthers(1)).toBe('invalid');
    });

    it('counts events about other things, too, as those of a call', () => {
      const mixed = stored('c1', 1, { callRecords: 3 });
      expect(judged([told('c1')], { tracks: [mixed], buckets: counted(1) }).status).toBe('valid');
    });
  });

  it('names ten of many', () => {
    const calls = Array.from({ length: 11 }, (_, place) => told(`c${place}`));
    const { witness } = judged(calls, { tracks: [], buckets: counted(0) });
    expect(witness?.prose.split('\n')).toHaveLength(1 + 10);
  });

  describe('looks at the calls that repeat one key', () => {
    const wish = { idempotencyKey: 'batch-1' };
    const again = (callId: string, facts: Partial<Call> = {}) =>
      told(callId, { ...wish, status: 200, ...facts });

    it('is valid when one of them is stored, whichever it is', () => {
      const calls = [told('c1', wish), again('c2')];
      expect(judged(calls, { tracks: [stored('c1', 3)], buckets: counted(3) }).status).toBe(
        'valid',
      );
      const lost = [
        unanswered('track', 'ann', 0, { ...wish, callId: 'c1', quantity: 3 }),
        again('c2'),
      ];
      expect(judged(lost, { tracks: [stored('c1', 3)], buckets: counted(3) }).status).toBe('valid');
      expect(judged(lost, { tracks: [stored('c2', 3)], buckets: counted(3) }).status).toBe('valid');
    });

    it('finds what is counted twice', () => {
      const books = { tracks: [stored('c1', 3), stored('c2', 3)], buckets: counted(6) };
      const { summary } = judged([told('c1', wish), again('c2')], books);
      expect(summary).toBe(
        'the analytics tell of something else than what happened: 2 calls told the analytics of the same 3 events with the key batch-1, and 6 are stored: some are counted twice',
      );
    });

    it('finds what nobody has stored although it was said to be there, and a half', () => {
      const nothing = { tracks: [], buckets: counted(0) };
      expect(faultOf([again('c1'), again('c2')], nothing)).toBe(
        'none of them is stored, although the answer was yes',
      );
      const open = [1, 2].map((number) =>
        unanswered('track', 'ann', number, { ...wish, callId: `c${number}`, quantity: 3 }),
      );
      expect(faultOf([...open, again('c3')], nothing)).toBe(
        'none of them is stored, although the answer was yes',
      );
      expect(
        judged([...open, told('c3')], { tracks: [stored('c3', 3)], buckets: counted(3) }).status,
      ).toBe('valid');
      expect(faultOf(open, { tracks: [stored('c1', 2)], buckets: counted(2) })).toBe(
        '2 of them are stored, neither all nor none',
      );
    });

    it('lets them repeat what was stored before the run, where the product was on sale before', () => {
      const old = saleOf({ skus: [{ skuId: SKU, total: 2, wasOnSale: true }] });
      const ledger = { ...booksOf(old, []), tracks: [], buckets: counted(3) };
      const status = (call: Call) => check(evidenceOf(old, [call], { ledger })).status;
      expect(status(again('c1'))).toBe('valid');
      expect(status(told('c1', wish))).toBe('invalid');
    });

    it('keeps the keys of two buyers apart', () => {
      const calls = [told('c1', wish), told('c2', { ...wish, buyer: 'bob' })];
      const tracks = [stored('c1', 3), stored('c2', 3, { userId: 'bob' })];
      expect(judged(calls, { tracks, buckets: counted(6) }).status).toBe('valid');
    });

    it('asks nothing where a call has no id', () => {
      const calls = [again('c1'), again('c2', { callId: undefined })];
      expect(judged(calls, { tracks: [], buckets: counted(0) }).status).toBe('valid');
      expect(judged([again('c1')], { tracks: [], buckets: counted(0) }).status).toBe('invalid');
    });

    it('asks nothing about a product that is not on sale', () => {
      const calls = [again('c1', { sku: 'SKU-9' }), again('c2', { sku: 'SKU-9' })];
      expect(judged(calls, { tracks: [], buckets: counted(0) }).status).toBe('valid');
    });
  });

  describe('looks at each count', () => {
    const withBucket = (size: LedgerBucket['size'], change: Partial<LedgerBucket>) =>
      counted(3).map((bucket) => (bucket.size === size ? { ...bucket, ...change } : bucket));
    const found = (buckets: LedgerBucket[]) =>
      judged([told('c1')], { tracks: [stored('c1', 3)], buckets }).summary;

    it.each(['records', 'events', 'units'] as const)(
      'finds %s that are not those stored',
      (name) => {
        expect(found(withBucket('minute', { [name]: 2 }))).toContain(
          `product.viewed of SKU-1 has 2 ${name} in the minute of 2026-01-01T12:30:00Z, and the stored ones are 3`,
        );
      },
    );

    it('finds hours and days that are not the sum of their parts', () => {
      const noStored = { storedRecords: null, storedEvents: null, storedUnits: null };
      const sums = (buckets: LedgerBucket[]) =>
        judged([], { tracks: [], buckets: buckets.map((bucket) => ({ ...bucket, ...noStored })) })
          .summary;
      expect(sums(counted(3))).toContain('counted once each');
      expect(sums(withBucket('day', { units: 4 }))).toContain(
        'has 4 units in the day of 2026-01-01T00:00:00.000Z, and 3 in its hours',
      );
      expect(sums(withBucket('hour', { events: 4 }))).toContain(
        'has 4 events in the hour of 2026-01-01T12:00:00.000Z, and 3 in its minutes',
      );
      expect(sums(withBucket('minute', { at: '2026-01-01T13:30:00Z' }))).toContain(
        'has 3 records in the hour of 2026-01-01T12:00:00.000Z, and 0 in its minutes',
      );
      expect(sums(counted(3).filter(({ size }) => size !== 'hour'))).toContain(
        '0 records in the hour',
      );
    });

    it('compares each product by itself, and names each bucket once', () => {
      const skus = [SKU, 'SKU-2'].map((skuId) => ({ skuId, total: 2 }));
      const two = saleOf({ skus });
      const of = (buckets: LedgerBucket[]) => {
        const tracks = [stored('c1', 3), stored('c2', 1, { skuId: 'SKU-2' })];
        const ledger = { ...booksOf(two, []), tracks, buckets };
        const calls = [told('c1'), told('c2', { sku: 'SKU-2', quantity: 1 })];
        return check(evidenceOf(two, calls, { ledger }));
      };
      const second = counted(1).map((bucket) => ({ ...bucket, skuId: 'SKU-2' }));
      expect(of([...counted(3), ...second]).status).toBe('valid');
      const wrong = { events: 2, units: 2 };
      const { witness } = of([...withBucket('minute', wrong), ...second]);
      const ofMinute = witness?.prose.split('\n').filter((line) => line.includes('in the minute'));
      expect(ofMinute).toHaveLength(1);
    });

    it('finds stored events that no call stored, and fewer than the calls stored', () => {
      expect(found(counted(4))).toContain('calls stored 3 events about SKU-1, and its days have 4');
      expect(found(counted(2))).toContain('calls stored 3 events about SKU-1, and its days have 2');
    });
  });

  describe('looks at the events of the queue', () => {
    const sold = (events: number, type = 'stock.sold') =>
      counted(events, type).map((bucket) => ({
        ...bucket,
        ...{ storedRecords: null, storedEvents: null, storedUnits: null },
      }));
    const deliveries = (count: number, group = 'analytics'): LedgerSnapshot['deliveries'] =>
      Array.from({ length: count }, (_, place) => ({
        ...{ row: 'delivery', group, eventId: `m${place + 1}`, type: 'SOLD', sequence: place + 1 },
        ...{ topic: 'flash-sale-inventory-updates', skuId: SKU },
      }));

    it('finds more and fewer than the consumer handled', () => {
      const seen = (count: number) =>
        judged([], { deliveries: deliveries(2), buckets: sold(count) });
      expect(seen(2).summary).toContain('0 events of 0 calls and 2 events of the queue');
      for (const count of [1, 3]) {
        expect(seen(count).summary).toContain(
          `stock.sold of SKU-1 has ${count} records in all days, and its consumer handled 2`,
        );
      }
      expect(judged([], { deliveries: deliveries(2), buckets: [] }).status).toBe('invalid');
    });

    it('finds other units than those of the movements that the events tell of', () => {
      const entries = (quantity: number): Entry[] => [
        { kind: 'RESERVED', hold: 'a', buyer: 'ann', quantity },
        { kind: 'SOLD', hold: 'a', buyer: 'ann', quantity, atMs: 30 * 60_000 },
      ];
      const told = (
        quantity: number,
        units: number,
        rows = entries(quantity),
        others: number[] = [],
      ) => {
        const of3 = saleOf({ total: 3 });
        const [delivery] = deliveries(1);
        const books = booksOf(of3, rows);
        const second = others.flatMap((each) =>
          books.movements.slice(1).map((row) => ({ ...row, quantity: each })),
        );
        const ledger = {
          ...books,
          movements: [...books.movements, ...second],
          deliveries: [{ ...(delivery as LedgerDelivery), sequence: 2 }],
          buckets: sold(1).map((bucket) => ({ ...bucket, units })),
        };
        return check(evidenceOf(of3, [], { ledger }));
      };
      expect(told(3, 3).status).toBe('valid');
      expect(told(3, 1).summary).toContain(
        'stock.sold of SKU-1 has 1 units in all days, and its consumer handled 3',
      );
      // Nobody knows the units of a movement that is not there.
      expect(told(3, 1, []).status).toBe('valid');
      // And neither those of two that have one number.
      expect(told(3, 1, entries(3), [2]).status).toBe('valid');
    });

    it('finds events in another minute than that of their movements', () => {
      const entries: Entry[] = [
        { kind: 'RESERVED', hold: 'a', buyer: 'ann', atMs: 30 * 60_000 },
        { kind: 'SOLD', hold: 'a', buyer: 'ann', atMs: 31 * 60_000 + 20_000 },
      ];
      const [delivery] = deliveries(1) as LedgerDelivery[];
      const counted = (...minutes: string[]) => {
        const rows = minutes.map((at) => ({ ...(sold(1)[0] as LedgerBucket), at }));
        const [, hour, day] = sold(minutes.length).map((bucket) => ({ ...bucket }));
        const ledger = {
          ...booksOf(sale, entries),
          deliveries: [{ ...(delivery as LedgerDelivery), sequence: 2 }],
          buckets: [...rows, hour as LedgerBucket, day as LedgerBucket],
        };
        return check(evidenceOf(sale, [], { ledger }));
      };
      expect(counted('2026-01-01T12:31:00Z').status).toBe('valid');
      expect(counted('2026-01-01T12:30:00Z').summary).toContain(
        'stock.sold of SKU-1 has 1 records in the minute of 2026-01-01T12:30:00Z, and its consumer handled 0 of that minute',
      );
    });

    it('finds events of a kind of which the consumer handled none', () => {
      const buckets = [...sold(2), ...sold(1, 'stock.released')];
      const told = judged([], { deliveries: deliveries(2), buckets });
      expect(told.summary).toContain(
        'stock.released of SKU-1 has 1 records in all days, and its consumer handled 0',
      );
    });

    it('keeps what it handled of one SKU apart from the next one', () => {
      const two = saleOf({ skus: [SKU, 'SKU-2'].map((skuId) => ({ skuId, total: 2 })) });
      const of =
        (skuId: string) =>
        <Row extends object>(row: Row) => ({ ...row, skuId });
      const ledger = {
        ...booksOf(two, []),
        deliveries: [...deliveries(1), ...deliveries(1).map(of('SKU-2'))],
        buckets: [...sold(1), ...sold(1).map(of('SKU-2'))],
      };
      expect(check(evidenceOf(two, [], { ledger })).status).toBe('valid');
    });

    it('counts what this consumer handled, and not what others did', () => {
      const both = [...deliveries(1, 'fraud'), ...deliveries(2), ...deliveries(1, 'notifier')];
      expect(judged([], { deliveries: both, buckets: sold(2) }).status).toBe('valid');
      const created = deliveries(1).map((each) => ({
        ...each,
        ...{ topic: TOPICS.reservations, type: 'CREATED' },
      }));
      const buckets = [...sold(2), ...sold(1, 'reservation.created')];
      expect(judged([], { deliveries: [...created, ...both], buckets }).status).toBe('valid');
    });

    it('asks nothing about groups that count nothing, and about what was on sale before', () => {
      expect(judged([], { deliveries: deliveries(2, 'fraud'), buckets: sold(1) }).status).toBe(
        'valid',
      );
      const old = saleOf({ skus: [{ skuId: SKU, total: 2, wasOnSale: true }] });
      const ledger = { ...booksOf(old, []), deliveries: deliveries(1), buckets: sold(2) };
      expect(check(evidenceOf(old, [], { ledger })).status).toBe('valid');
    });
  });
});

itCatches(analyticsAgreement, [
  'lost-track',
  'half-track',
  'twice-told-track',
  'refused-track',
  'miscounted-track',
  'uncounted-event',
  'events-not-units',
]);
