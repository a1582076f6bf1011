import type { Pool } from 'pg';
import { expect, it } from 'vitest';
import { createSoldOutMemory, UNREAD_MS_MAX } from './sold-out.ts';

/** A memory of a ledger in which every SKU is sold out to one buyer, with the reads of the ledger so far. */
function memoryOf(buyer: string) {
  const reads: string[] = [];
  const time = { ms: 0 };
  const pool = {
    async query({ values: [skuId, after] }: { values: [string, number] }) {
      reads.push(`${skuId} after ${after}`);
      return { rows: [{ available: 0, sequence: 1, buyers: after === 0 ? [buyer] : [] }] };
    },
  } as unknown as Pool;
  const clock = { nowMs: () => time.ms, monotonicNs: () => time.ms * 1e6 };
  return { memory: createSoldOutMemory({ pool, clock }), reads, time };
}

const asks = (skuId: string, userId: string) => ({ holdId: 'h', userId, skuId, quantity: 1 });

it('reads what is new of a SKU that it remembers', async () => {
  const { memory, reads, time } = memoryOf('ann');
  await memory.refresh('SHOE');
  time.ms += UNREAD_MS_MAX;
  await memory.refresh('HAT');
  await memory.refresh('SHOE');
  expect(reads).toEqual(['SHOE after 0', 'HAT after 0', 'SHOE after 1']);
  expect(memory.refuses(asks('SHOE', 'ann'))).toBe(false);
  expect(memory.refuses(asks('SHOE', 'bob'))).toBe(true);
});

it('forgets the buyers of a SKU that was not read for long, and reads them again', async () => {
  const { memory, reads, time } = memoryOf('ann');
  await memory.refresh('SHOE');
  time.ms += UNREAD_MS_MAX + 1;
  await memory.refresh('HAT');
  await memory.refresh('SHOE');
  expect(reads).toEqual(['SHOE after 0', 'HAT after 0', 'SHOE after 0']);
  expect(memory.refuses(asks('SHOE', 'ann'))).toBe(false);
  expect(memory.refuses(asks('SHOE', 'bob'))).toBe(true);
});
