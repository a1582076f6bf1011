import { describe, expect, it } from 'vitest';
import { booksOf, type Entry, evidenceOf, said, saleOf } from '../../../../test/judge/story.ts';
import { answersOnly, type Manifest } from '../../../history/manifest.ts';
import { clockAgreement } from '../clock-agreement.ts';

const evidence: Manifest = {
  ...answersOnly,
  ledger: ['inventory', 'reservation', 'order', 'movement'],
  oneClock: true,
};
const sale = saleOf({ total: 20, evidence });

/** One hold: the times of its call, and its time in the ledger. */
type Dated = [times: [number, number], at: string];

const judged = (...holds: Dated[]) => {
  const ids = holds.map((_, place) => `h${place}`);
  const ledger = booksOf(
    sale,
    ids.map((hold): Entry => ({ kind: 'RESERVED', hold, buyer: hold, atMs: 0 })),
  );
  for (const [place, [, at]] of holds.entries()) {
    Object.assign(ledger.movements[place] as object, { at: `2026-01-01T${at}Z` });
  }
  const calls = holds.map(([times], place) =>
    said('reserve', `h${place}`, times, { hold: `h${place}` }),
  );
  return clockAgreement.check(evidenceOf(sale, calls, { ledger }));
};

describe('times that no single clock explains', () => {
  it('may drift apart by 0.05 % of the sale, to the microsecond', () => {
    const drifting = (at: string) => judged([[0, 0], '12:00:00.000000'], [[100, 100], at]);
    expect(drifting('12:00:00.100052').summary).toContain('by one clock');
    expect(drifting('12:00:00.100053').status).toBe('unknown');
  });

  it('are wrong beside those that only drift apart', () => {
    const { status, summary } = judged(
      [[0, 0], '12:00:00.000000'],
      [[50, 50], '12:00:09.000000'],
      [[100, 100], '12:00:00.100052'],
    );
    expect(status).toBe('invalid');
    expect(summary).toContain('1 time in the ledger lies outside of the call: movement 2');
  });

  it('are wrong where one call follows another at once', () => {
    const { summary } = judged(
      [[0, 10], '13:00:00.005'],
      [[10, 20], '13:00:09.015'],
      [[20, 30], '13:00:00.025'],
    );
    expect(summary).toContain('1 time in the ledger lies outside of the call: movement 2');
  });

  it('are wrong between others even if the first and the last do not fit either', () => {
    const { summary } = judged(
      [[0, 10], '13:00:08.005'],
      [[20, 30], '13:00:07.025'],
      [[40, 50], '13:00:00.045'],
      [[60, 70], '13:00:00.965'],
      [[80, 90], '13:00:00.085'],
      [[100, 110], '13:00:00.105'],
      [[120, 130], '13:00:09.125'],
    );
    expect(summary).toContain('1 time in the ledger lies outside of the call: movement 4');
  });

  it('are those of the later clock if as many fit the one as the other', () => {
    const { status, summary } = judged(
      [[0, 10], '13:00:00.005'],
      [[20, 30], '13:00:00.025'],
      [[40, 50], '13:00:09.045'],
      [[60, 70], '13:00:09.065'],
    );
    expect(status).toBe('unknown');
    expect(summary).toContain('the times of 2 rows do not fit the clock of the other 2');
    expect(summary).toContain('movement 4 of SKU-1');
  });

  it('are shown up to the fifth', () => {
    const between = Array.from(
      { length: 6 },
      (_, place): Dated => [[20 + place * 20, 30 + place * 20], `13:0${place + 1}:00.000`],
    );
    const { summary, witness } = judged([[0, 10], '12:00:00.005'], ...between, [
      [200, 210],
      '12:00:00.205',
    ]);
    expect(summary).toContain('6 times in the ledger lie outside of the call');
    expect(witness?.prose.match(/\n {2}- movement/g)).toHaveLength(5);
  });
});
