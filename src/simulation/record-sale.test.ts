import { expect, it } from 'vitest';
import { shapeOf } from '../history/row-in-columns.ts';
import type { LedgerEntry } from '../protocol/ledger.ts';
import { FLOWS } from './flows.ts';
import { simulateSale } from './simulate-sale.ts';

it.each(FLOWS)(
  'gives the members of rows in the order of their schema, in which they are read fast: %s',
  (flow) => {
    const { evidence } = simulateSale({
      ...{ seed: 1, flow, buyers: 200, total: 20, basketRate: 0.2, trackRate: 0.2 },
    });
    const rows = Object.values(evidence.ledger ?? {}).flatMap((list) => [
      ...(list as Iterable<LedgerEntry>),
    ]);
    expect(rows.length).toBeGreaterThan(100);
    for (const row of rows) expect(Object.keys(row)).toEqual(Object.keys(shapeOf(row.row)));
  },
);
