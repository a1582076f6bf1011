import { expect, it } from 'vitest';
import type { LedgerDelivery, LedgerEntry, LedgerMovement } from '../protocol/ledger.ts';
import { createLedgerReader } from './ledger-reader.ts';
import { copyOfRow, usOf } from './row-in-columns.ts';
import { TextTable } from './text-table.ts';

const movement = (at: string | null, sequence = 1): LedgerMovement => ({
  ...{ row: 'movement', skuId: 'SKU-1', sequence, kind: 'SOLD', quantity: 2 },
  ...{ reservationId: null, at },
});

const ledgerOf = (rows: LedgerEntry[]) => {
  const reader = createLedgerReader(new TextTable());
  for (const row of rows) {
    const line = Buffer.from(JSON.stringify({ type: 'ledger', entry: row }));
    if (!reader.read(line, 0, line.length)) reader.add(row);
  }
  return reader.ledger;
};

const rowsOf = (rows: LedgerEntry[]): LedgerMovement[] => ledgerOf(rows).movements;

it.each([
  ['2026-01-01T12:00:00.000001Z', 1_767_268_800_000_001],
  ['2026-01-01T12:00:00.120Z', 1_767_268_800_120_000],
  ['2026-01-01T12:00:00Z', 1_767_268_800_000_000],
  ['2026-01-31T23:59:59.9Z', 1_769_903_999_900_000],
  ['2024-02-29T00:00:00Z', 1_709_164_800_000_000],
  ['2026-01-01T12:00:00.1234567Z', 1_767_268_800_123_456],
  ['1969-12-31T23:59:59.5Z', -500_000],
  ['2026-01-01T12:00Z', Number.NaN],
  [null, Number.NaN],
])('a row keeps the time %s as it is written', (at, us) => {
  const [row] = rowsOf([movement(at)]) as [LedgerMovement];
  expect(copyOfRow(row)).toEqual(movement(at));
  expect(usOf(row, 'at')).toBe(us);
  expect(usOf(movement(at), 'at')).toBe(us);
});

it('keeps each of so many rows that they stand in several parts', () => {
  const all = Array.from({ length: 20_000 }, (_, place) => movement(null, place + 1));
  expect(rowsOf(all).map(copyOfRow)).toEqual(all);
});

it('tells a row as JSON by its facts', () => {
  const [row] = rowsOf([movement('2026-01-01T12:00:00Z')]);
  expect(JSON.parse(JSON.stringify(row))).toEqual(movement('2026-01-01T12:00:00Z'));
});

it('keeps the deliveries of more groups, topics, types and SKUs than it looks through', () => {
  const all = Array.from(
    { length: 8_000 },
    (_, place): LedgerDelivery => ({
      ...{ row: 'delivery', group: `group-${place % 80}`, eventId: `m${place}` },
      ...{ topic: `topic-${place % 99}`, type: `TYPE_${place % 200}`, skuId: `SKU-${place % 7}` },
      sequence: place % 3 === 0 ? null : place,
    }),
  );
  const byEvent = ({ eventId }: LedgerDelivery): number => Number(eventId.slice(1));
  const kept = [...ledgerOf(all).deliveries].sort((a, b) => byEvent(a) - byEvent(b));
  expect(kept).toEqual(all);
});
