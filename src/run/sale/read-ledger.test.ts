import { expect, it } from 'vitest';
import { UserError } from '../../kernel/errors.ts';
import type { LedgerEntry, LedgerRow } from '../../protocol/ledger.ts';
import { readLedger } from './read-ledger.ts';

const INVENTORY: LedgerEntry = {
  ...{ row: 'inventory', skuId: 'SHOE', total: 2, available: 1, reserved: 0, sold: 1, sequence: 2 },
};
const END: LedgerRow = { row: 'end', counts: { inventory: 1 } };

/** Reads a ledger that has these rows, and then fails if there is an error. */
async function read(rows: LedgerRow[], error?: Error) {
  const entries: LedgerEntry[] = [];
  let nowNs = 10;
  const admin = {
    async *readLedger() {
      yield* rows;
      if (error !== undefined) throw error;
    },
  };
  const reading = await readLedger(
    admin,
    'SHOE',
    () => nowNs++,
    (entry) => entries.push(entry),
  );
  return { reading, entries };
}

it('reads the rows, their counts, and the time of the reading', async () => {
  expect(await read([INVENTORY, END])).toEqual({
    reading: { skuId: 'SHOE', fromNs: 10, toNs: 11, counts: { inventory: 1 }, problem: undefined },
    entries: [INVENTORY],
  });
});

it('has no counts if the ledger breaks off', async () => {
  expect((await read([INVENTORY])).reading.counts).toBeUndefined();
});

it('has the reason if the connection breaks off', async () => {
  const broken = new TypeError('terminated', { cause: new Error('other side closed') });
  expect((await read([INVENTORY], broken)).reading.problem).toBe('other side closed');
});

it('finds rows behind the end', async () => {
  const { reading } = await read([INVENTORY, END, INVENTORY, END]);
  expect(reading.problem).toBe('rows follow the end of the ledger');
});

it('does not take a refused token for a ledger that breaks off', async () => {
  const refused = UserError.environment('refused', { why: 'status 403', next: 'give a token' });
  await expect(read([], refused)).rejects.toBe(refused);
});
