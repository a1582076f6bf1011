import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SKU, saleOf } from '../../../test/judge/story.ts';
import { readHistory } from '../../history/reader.ts';
import { systemClock } from '../../kernel/clock.ts';
import { UserError } from '../../kernel/errors.ts';
import type { LoadResult } from '../../load/result.ts';
import { serve, type TestServer } from '../../load/testing/servers.ts';
import type { LedgerRow } from '../../protocol/ledger.ts';
import { createScope } from '../../stack/resource.ts';
import type { RunEvent } from '../events.ts';
import { startEvidence } from './evidence.ts';
import { readLedger } from './read-ledger.ts';
import type { HostedSale } from './sale-host.ts';

let folder: string;
let server: TestServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flashsale-test-'));
  server = await serve((_, response) => {
    response.end(`flashsale_stock_units{sku="${SKU}",state="sold"} 1\n`);
  });
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const LEDGER: LedgerRow[] = [
  {
    ...{ row: 'inventory', skuId: SKU, total: 2, available: 0, reserved: 1, sold: 1 },
    sequence: 3,
  },
  { row: 'end', counts: { inventory: 1 } },
];

/** A shop whose ledger is a stream of rows. */
const shopOf = (readRows: () => AsyncGenerator<LedgerRow>): Pick<HostedSale, 'readBooks'> => ({
  readBooks: (skuId, onEntry) =>
    readLedger({ readLedger: readRows }, skuId, systemClock.monotonicNs, onEntry),
});
const shop = shopOf(async function* () {
  yield* LEDGER;
});

it('records scrapes before and after the load, the generator and the ledger', async () => {
  const path = join(folder, 'history.ndjson');
  const events: RunEvent[] = [];
  const scope = createScope();
  const sale = saleOf({ total: 2, evidence: { ...saleOf({}).evidence, scraped: [server.origin] } });
  const evidence = await startEvidence(path, sale, {
    clock: systemClock,
    scope,
    onEvent: (event) => events.push(event),
  });
  const generator = { saturated: true, reasons: ['no CPU left'] } as LoadResult['generator'];
  const stock = await evidence.complete(generator, shop);
  await scope.stop();

  expect(stock).toEqual([{ skuId: SKU, total: 2, available: 0, held: 1, sold: 1 }]);
  expect(events.at(0)).toMatchObject({ type: 'stock', stock: [{ available: 2, sold: 1 }] });
  expect(events.at(-1)).toEqual({ type: 'stock', stock });
  const read = await readHistory(path);
  expect(read.scrapes).toHaveLength(2);
  expect(read.ledger?.inventory).toHaveLength(1);
  expect(read.books).toMatchObject([{ skuId: SKU, counts: { inventory: 1 } }]);
  expect(read.generator).toMatchObject({ saturated: true });
});

it('tells once why metrics are not recorded', async () => {
  const lines: string[] = [];
  const scope = createScope();
  const sale = saleOf({ evidence: { ...saleOf({}).evidence, scraped: [server.origin] } });
  let refusals = 0;
  const evidence = await startEvidence(join(folder, 'history.ndjson'), sale, {
    clock: systemClock,
    scope,
    onScrape() {
      refusals += 1;
      if (refusals <= 2) throw UserError.environment('no room', { why: 'too long', next: 'look' });
    },
    onEvent: (event) => event.type === 'log' && lines.push(event.line),
  });
  const generator = { saturated: false, reasons: [] as string[] } as LoadResult['generator'];
  await evidence.complete(generator, shop);
  await scope.stop();
  expect(lines).toEqual(['no room: too long; look']);
});

it('shows no stock of a shop whose books do not tell how much was sold', async () => {
  const scope = createScope();
  const evidence = await startEvidence(join(folder, 'history.ndjson'), saleOf({ total: 2 }), {
    clock: systemClock,
    scope,
    onEvent: () => {},
  });
  const [inventory, end] = LEDGER;
  const books = shopOf(async function* () {
    yield { ...inventory, sold: null } as LedgerRow;
    yield end as LedgerRow;
  });
  const generator = { saturated: false, reasons: [] } as unknown as LoadResult['generator'];
  expect(await evidence.complete(generator, books)).toEqual([]);
  await scope.stop();
});

it.each([
  ['breaks off', new TypeError('terminated', { cause: new Error('other side closed') })],
  [
    'has no ledger any more',
    UserError.environment('http://one did not answer', { why: 'other side closed', next: 'look' }),
  ],
])('records the reason when the target %s', async (_, error) => {
  const path = join(folder, 'history.ndjson');
  const scope = createScope();
  const evidence = await startEvidence(path, saleOf({ target: [server.origin] }), {
    clock: systemClock,
    scope,
    onEvent() {},
  });
  const generator = { saturated: false, reasons: [] as string[] } as LoadResult['generator'];
  const broken = shopOf(async function* () {
    yield LEDGER[0] as LedgerRow;
    throw error;
  });
  await evidence.complete(generator, broken);
  await scope.stop();
  const { books } = await readHistory(path);
  expect(books).toMatchObject([{ skuId: SKU, problem: expect.stringContaining('other side') }]);
  expect(books[0]?.counts).toBeUndefined();
});
