import { describe, expect, it } from 'vitest';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import { booksOf, evidenceOf, SKU, saleOf } from '../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import { eventLogAgreement } from './event-log-agreement.ts';

const sale = saleOf({ total: 2 });
const first = <Row>(rows: Row[]): Row => rows[0] as Row;
const { check } = eventLogAgreement;

describe('event-log-agreement', () => {
  it('is skipped where the evidence has nothing of its kind', () => {
    expect(check(evidenceOf(sale, [], { ledger: booksOf(sale, []) })).status).toBe('skipped');
  });

  const books = (types = ['RESERVED', 'SOLD', 'RESERVED', 'RELEASED']): LedgerSnapshot => {
    const ledger = booksOf(sale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'SOLD', hold: 'a', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'b', buyer: 'bob' },
      { kind: 'EXPIRED', hold: 'b', buyer: 'bob' },
    ]);
    ledger.deliveries = types.map((type, place) => ({
      row: 'delivery',
      group: 'analytics',
      eventId: `event-${place}`,
      topic: 'flash-sale-inventory-updates',
      type,
      skuId: SKU,
      sequence: place + 1,
    }));
    ledger.backlog = [{ row: 'backlog', skuId: SKU, pending: 0, deadLetters: 0 }];
    return ledger;
  };
  const told = (ledger: LedgerSnapshot) => check(evidenceOf(sale, [], { ledger }));

  it('finds nothing where every group handled the event of every movement', () => {
    expect(told(books()).status).toBe('valid');
  });

  it.each([
    ['missing', ['RESERVED', 'SOLD', 'RESERVED'], 'movement 4 of SKU-1, EXPIRED: nothing'],
    ['another', ['RESERVED', 'RELEASED', 'RESERVED', 'RELEASED'], 'it was heard of as RELEASED'],
    [
      'of no movement',
      ['RESERVED', 'SOLD', 'RESERVED', 'RELEASED', 'SOLD'],
      'SOLD of SKU-1 as movement 5',
    ],
  ])('finds an event that is %s', (_what, types, words) => {
    expect(told(books(types)).summary).toContain(words);
  });

  it('finds an event that was handled twice', () => {
    const ledger = books();
    ledger.deliveries.push({ ...first(ledger.deliveries), eventId: 'event-again' });
    expect(told(ledger).summary).toContain('it was heard of 2 times');
  });

  it('finds events that were given up', () => {
    const ledger = books();
    Object.assign(first(ledger.backlog), { deadLetters: 1, pending: 2 });
    expect(told(ledger)).toMatchObject({
      status: 'invalid',
      summary: '1 event of SKU-1 given up',
    });
  });

  it('is unknown while events wait to be delivered, unless a delivered one is wrong', () => {
    const waiting = (types: string[]) => {
      const ledger = books(types);
      Object.assign(first(ledger.backlog), { pending: 2 });
      return told(ledger);
    };
    expect(waiting(['RESERVED', 'SOLD'])).toMatchObject({
      status: 'unknown',
      summary: expect.stringContaining('2 events of SKU-1 were still to be delivered'),
    });
    expect(waiting([]).status).toBe('unknown');
    expect(waiting(['RESERVED', 'RELEASED']).status).toBe('invalid');
  });
});

itCatches(eventLogAgreement, ['lost-event']);
