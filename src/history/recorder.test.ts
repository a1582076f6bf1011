import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { saleOf } from '../../test/judge/story.ts';
import type { LedgerDelivery, LedgerVoucher } from '../protocol/ledger.ts';
import { HistoryLine, LINE_BYTES_MAX } from './format.ts';
import { emptyLedger } from './ledger-snapshot.ts';
import { copyOf } from './operation.ts';
import { readHistory } from './reader.ts';
import { createHistoryFile } from './recorder.ts';
import { copyOfRow } from './row-in-columns.ts';
import {
  createHandClock,
  inventory,
  makeTestFolder,
  reading,
  refusalOf,
} from './testing/history-files.ts';

const { newPath } = makeTestFolder();

describe('a history file', () => {
  it('gives back what was recorded, stamped with the clock', async () => {
    const path = newPath();
    const clock = createHandClock();
    const sale = saleOf({ total: 5, strategy: 'batched' });
    const history = createHistoryFile(path, sale, clock);

    clock.atNs = 100;
    const reserve = history.invoke({
      kind: 'reserve',
      sku: 'SKU-1',
      buyer: 'ann',
      quantity: 2,
      callId: 'try-1',
      instance: 'http://one',
    });
    clock.atNs = 150;
    const read = history.invoke({ kind: 'read', quantity: 1 });
    clock.atNs = 200;
    history.complete(reserve, {
      outcome: 'ok',
      status: 201,
      hold: 'h1',
      sequence: 7,
      requestId: 'r1',
    });
    clock.atNs = 250;
    history.complete(read, {
      outcome: 'ok',
      status: 200,
      sku: 'SKU-1',
      observed: { available: 3, sold: 0 },
    });
    expect(history.counts()).toEqual({ invoked: 2, ok: 2, fail: 0, info: 0 });
    const scrape = {
      instance: 'http://one',
      startedAtNs: 1,
      endedAtNs: 2,
      samples: [{ name: 'up', labels: { a: 'b"' }, value: 1.5 }],
    };
    history.scrape(scrape);
    history.ledger(inventory);
    history.books(reading);
    history.fault({ name: 'redis-emptied', atNs: 170 });
    history.fault({ name: 'server-killed', atNs: 172, untilNs: 175 });
    history.phase({ scenario: 'buyers', stage: 'to 50 VUs', atNs: 100, untilNs: 160 });
    history.phase({ scenario: 'visitors', stage: undefined, atNs: 120, untilNs: undefined });
    history.generator({ saturated: true, reasons: ['event loop late'] });
    await history.close();

    const read1 = await readHistory(path);
    expect(read1.sale).toEqual(sale);
    expect(read1.operations.map(copyOf)).toEqual([
      {
        id: 1,
        kind: 'reserve',
        sku: 'SKU-1',
        buyer: 'ann',
        quantity: 2,
        callId: 'try-1',
        hold: 'h1',
        invokedAtNs: 100,
        outcome: 'ok',
        completedAtNs: 200,
        status: 201,
        sequence: 7,
        requestId: 'r1',
        instance: 'http://one',
      },
      {
        id: 2,
        kind: 'read',
        sku: 'SKU-1',
        quantity: 1,
        invokedAtNs: 150,
        outcome: 'ok',
        completedAtNs: 250,
        status: 200,
        observed: { available: 3, sold: 0 },
      },
    ]);
    expect(read1.scrapes).toEqual([scrape]);
    const { inventory: rows, deliveries, ...others } = read1.ledger ?? emptyLedger();
    expect(rows.map(copyOfRow)).toEqual([inventory]);
    expect({ ...others, inventory: [], deliveries: [...deliveries] }).toEqual(emptyLedger());
    expect(read1.books).toEqual([reading]);
    expect(read1.scrapesRecorded).toBe(1);
    expect(read1.generator).toEqual({ saturated: true, reasons: ['event loop late'] });
    expect(read1.faults).toEqual([
      { name: 'redis-emptied', atNs: 170 },
      { name: 'server-killed', atNs: 172, untilNs: 175 },
    ]);
    expect(read1.phases).toEqual([
      { scenario: 'buyers', stage: 'to 50 VUs', atNs: 100, untilNs: 160 },
      { scenario: 'visitors', atNs: 120 },
    ]);
    expect(read1.truncated).toBe(false);
  });

  it('refuses a scrape that its reader would refuse', async () => {
    const history = createHistoryFile(newPath(), saleOf(), createHandClock());
    const labels = { text: 'x'.repeat(LINE_BYTES_MAX) };
    const samples = [{ name: 'up', labels, value: 1 }];
    const scrape = { instance: 'http://one', startedAtNs: 1, endedAtNs: 2, samples };
    expect(() => history.scrape(scrape)).toThrow('the metrics of http://one cannot be recorded');
    await history.close();
  });

  it('leaves out the stock of SKUs that are not on sale, however many a server has', async () => {
    const path = newPath();
    const history = createHistoryFile(path, saleOf(), createHandClock());
    const stockOf = (sku: string) => ({
      ...{ name: 'flashsale_stock_units', labels: { sku, state: 'sold' }, value: 1 },
    });
    const others = { name: 'shop_stock', labels: { sku: 'HAT' }, value: 1 };
    const times = { instance: 'http://one', startedAtNs: 1, endedAtNs: 2 };
    const samples = [stockOf('x'.repeat(LINE_BYTES_MAX)), stockOf('SKU-1'), others];
    history.scrape({ ...times, samples });
    await history.close();
    expect((await readHistory(path)).scrapes).toEqual([
      { ...times, samples: [stockOf('SKU-1'), others] },
    ]);
  });

  it('writes lines of the documented format', async () => {
    const path = newPath();
    const history = createHistoryFile(path, saleOf(), createHandClock());
    const facts = { quantity: 1, sku: 'SKU-1', buyer: 'ann', callId: 'c', idempotencyKey: 'k' };
    const id = history.invoke({ kind: 'confirm', ...facts, hold: 'h', instance: 'http://one' });
    const told = { code: 'LATE', hold: 'h', order: 'o', voucher: 'v', sku: 'SKU-1', sequence: 3 };
    history.complete(id, {
      ...{ outcome: 'ok', status: 201, requestId: 'r', ...told },
      observed: { available: 1, decision: 'PENDING' },
    });
    history.scrape({ instance: 'http://one', startedAtNs: 1, endedAtNs: 2, samples: [] });
    history.generator({ saturated: false, reasons: [] });
    history.ledger(inventory);
    history.books(reading);
    await history.close();

    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(8);
    for (const line of lines) {
      const parsed = HistoryLine.parse(JSON.parse(line));
      // A field that the schema does not know would be missing in what was parsed.
      expect(parsed).toEqual(JSON.parse(line));
    }
  });

  it('keeps the ids by which the calls of every flow differ', async () => {
    const path = newPath();
    const history = createHistoryFile(path, saleOf(), createHandClock());
    const voucher: LedgerVoucher = {
      row: 'voucher',
      voucherId: '00000000-0000-7000-8000-000000000001',
      code: 'CODE',
      campaignId: 'SPRING',
      skuId: 'SKU-1',
      userId: '00000000-0000-7000-8000-000000000002',
      orderId: '00000000-0000-7000-8000-000000000003',
      issuedAt: '2026-01-01T12:00:00.000000Z',
      usedAt: null,
      usedByCallId: null,
    };
    const delivery: LedgerDelivery = {
      row: 'delivery',
      group: 'analytics',
      eventId: '1',
      topic: 'flash-sale-orders',
      type: 'ORDER_CREATED',
      skuId: 'SKU-1',
      sequence: 2,
    };
    const register = history.invoke({ kind: 'register', quantity: 1, idempotencyKey: 'wish-1' });
    history.complete(register, { outcome: 'ok', status: 201, order: 'o1', voucher: 'CODE' });
    history.invoke({ kind: 'redeem', quantity: 1, voucher: 'CODE' });
    history.invoke({ kind: 'cancel', quantity: 1, order: 'o1' });
    const late = history.invoke({ kind: 'confirm', quantity: 1, hold: 'h1' });
    history.complete(late, { outcome: 'ok', status: 201, hold: 'h2', order: 'o2' });
    history.ledger(voucher);
    history.ledger(delivery);
    history.books({ ...reading, counts: { voucher: 1, delivery: 1 } });
    await history.close();

    const { operations, ledger } = await readHistory(path);
    expect(operations).toMatchObject([
      { kind: 'register', idempotencyKey: 'wish-1', order: 'o1', voucher: 'CODE' },
      { kind: 'redeem', voucher: 'CODE', outcome: 'info' },
      { kind: 'cancel', order: 'o1', outcome: 'info' },
      { kind: 'confirm', hold: 'h1', newHold: 'h2', order: 'o2' },
    ]);
    expect(ledger?.vouchers.map(copyOfRow)).toEqual([voucher]);
    expect([...(ledger?.deliveries ?? [])]).toEqual([delivery]);
  });

  it('keeps any text, escaped where needed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const path = newPath();
        const history = createHistoryFile(path, saleOf(), createHandClock());
        const id = history.invoke({ kind: 'reserve', quantity: 1, buyer: text, sku: text });
        history.complete(id, { outcome: 'fail', status: 400, code: text });
        await history.close();
        const { operations } = await readHistory(path);
        const written = Buffer.from(text).toString();
        expect(operations[0]).toMatchObject({ buyer: written, sku: written, code: written });
      }),
      { numRuns: 50 },
    );
  });

  it('keeps any time, to the nanosecond', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(2 ** 31 - 1),
        fc.integer({ min: 0, max: 2 ** 52 }),
        async (tookNs, beganNs) => {
          const path = newPath();
          const history = createHistoryFile(path, saleOf(), createHandClock());
          const id = history.invoke({ kind: 'reserve', quantity: 1 }, beganNs);
          history.complete(id, { outcome: 'ok', status: 200 }, beganNs + tookNs);
          await history.close();
          const { operations } = await readHistory(path);
          const times = { invokedAtNs: beganNs, completedAtNs: beganNs + tookNs };
          expect(operations[0]).toMatchObject(times);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('keeps lines of any length, among others in their order', async () => {
    const path = newPath();
    const history = createHistoryFile(path, saleOf(), createHandClock());
    const skus = [1, 80_000, 1, 100_000, 300_000, 1].map((length) => 'é'.repeat(length));
    for (const sku of skus) history.invoke({ kind: 'reserve', quantity: 1, sku });
    await history.close();
    const { operations } = await readHistory(path);
    expect(operations.map(({ sku }) => sku === skus.shift())).toEqual(operations.map(() => true));
    expect(operations).toHaveLength(6);
  });

  it('counts calls that were never completed as info, and info as never ending', async () => {
    const path = newPath();
    const clock = createHandClock();
    const history = createHistoryFile(path, saleOf(), clock);
    history.invoke({ kind: 'reserve', quantity: 1 });
    const lost = history.invoke({ kind: 'reserve', quantity: 1 });
    clock.atNs = 99;
    history.complete(lost, { outcome: 'info', status: 0, code: 'ECONNRESET' });
    await history.close();
    const { operations, truncated } = await readHistory(path);
    expect(operations).toMatchObject([
      { outcome: 'info', completedAtNs: Number.POSITIVE_INFINITY },
      { outcome: 'info', completedAtNs: Number.POSITIVE_INFINITY, code: 'ECONNRESET' },
    ]);
    expect(truncated).toBe(false);
  });

  it('fails at once with a UserError where no file can be', () => {
    const file = newPath();
    createHistoryFile(file, saleOf(), createHandClock());
    const inAFile = join(file, 'history.ndjson');
    expect(() => createHistoryFile(inAFile, saleOf(), createHandClock())).toThrow(
      expect.objectContaining({ name: 'UserError', exitCode: 3 }),
    );
  });

  it.runIf(process.platform === 'linux')('reports a full disk when it is closed', async () => {
    const history = createHistoryFile('/dev/full', saleOf(), createHandClock());
    history.invoke({ kind: 'reserve', quantity: 1 });
    const error = await refusalOf(history.close());
    expect(error.exitCode).toBe(3);
    expect(error.why).toContain('ENOSPC');
    expect(await refusalOf(history.close())).toBe(error);
  });
});
