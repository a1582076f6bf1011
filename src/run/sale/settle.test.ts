import { expect, it } from 'vitest';
import { booksOf, SKU, saleOf } from '../../../test/judge/story.ts';
import { emptyLedger, type LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { AdminApi } from './admin-api.ts';
import { untilAtRest } from './settle.ts';

/** An admin API whose ledger is another one at each reading; the last one stays. */
function adminWith(...pages: (LedgerSnapshot | Error)[]): AdminApi {
  let readings = 0;
  return {
    async *readLedger() {
      const page = pages[Math.min(readings++, pages.length - 1)] as LedgerSnapshot | Error;
      if (page instanceof Error) throw page;
      yield* Object.values(page).flat();
    },
  } as unknown as AdminApi;
}

const rest = (
  admin: AdminApi,
  options: { holds?: boolean; waitMs?: number; unchangedMs?: number } = {},
) =>
  untilAtRest(admin, {
    skuIds: [SKU],
    holds: true,
    waitMs: 60_000,
    unchangedMs: 60_000,
    clock: systemClock,
    signal: new AbortController().signal,
    ...options,
  });

const held = booksOf(saleOf(), [{ kind: 'RESERVED', hold: 'a', buyer: 'ann' }]);
const backlog = (pending: number): LedgerSnapshot => ({
  ...emptyLedger(),
  backlog: [{ row: 'backlog', skuId: SKU, pending, deadLetters: 0 }],
});
const hotStock = (available: number): LedgerSnapshot => ({
  ...booksOf(saleOf(), []),
  hotStock: [{ row: 'hot_stock', skuId: SKU, available }],
});

it('waits until holds have ended, events have arrived and the hot store agrees', async () => {
  expect(await rest(adminWith(held, backlog(3), hotStock(0), hotStock(1)))).toEqual([]);
});

it('waits for a server that is restarting', async () => {
  expect(await rest(adminWith(new Error('away'), emptyLedger()))).toEqual([]);
});

it.each([
  ['1 live reservation', held],
  ['2 events to deliver', backlog(2)],
  ['a hot store that differs from the ledger', hotStock(0)],
  ['a ledger that cannot be read', new Error('away')],
])('lists the open work when the time is over: %s', async (left, page) => {
  expect(await rest(adminWith(page), { waitMs: 0 })).toEqual([left]);
});

it('waits while the open work changes, and no longer if nothing does', async () => {
  const changing = adminWith(backlog(3), backlog(2), backlog(1), emptyLedger());
  expect(await rest(changing, { unchangedMs: 60_000 })).toEqual([]);
  expect(await rest(adminWith(backlog(3)), { unchangedMs: 0 })).toEqual(['3 events to deliver']);
});

it('does not wait for holds that outlive the run', async () => {
  expect(await rest(adminWith(held), { holds: false })).toEqual([]);
});
