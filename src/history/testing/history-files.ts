import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import type { Clock } from '../../kernel/clock.ts';
import { UserError } from '../../kernel/errors.ts';
import type { LedgerInventory } from '../../protocol/ledger.ts';
import type { BooksReading } from '../manifest.ts';

/** Makes a folder for the files of one test file, which is removed after its tests. */
export function makeTestFolder(): { folder: string; newPath(): string } {
  const folder = mkdtempSync(join(tmpdir(), 'flashsale-history-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return { folder, newPath: () => join(folder, randomUUID(), 'history.ndjson') };
}

/** A clock that a test sets by `atNs`. */
export function createHandClock(): Clock & { atNs: number } {
  const clock = { atNs: 0, nowMs: () => 0, monotonicNs: () => clock.atNs };
  return clock;
}

export const inventory: LedgerInventory = {
  row: 'inventory',
  skuId: 'SKU-1',
  total: 1,
  available: 1,
  reserved: 0,
  sold: 0,
  sequence: 0,
};

/** The account of a ledger that holds the row above. */
export const reading: BooksReading = {
  skuId: 'SKU-1',
  fromNs: 1_000,
  toNs: 1_001,
  counts: { inventory: 1 },
};

/** The UserError that a promise rejects with. */
export const refusalOf = async (reading: Promise<unknown>): Promise<UserError> => {
  const error = await reading.then(
    () => undefined,
    (failure) => failure,
  );
  expect(error).toBeInstanceOf(UserError);
  return error;
};
