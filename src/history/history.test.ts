import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { saleOf } from '../../test/judge/story.ts';
import { UserError } from '../kernel/errors.ts';
import type { LedgerRow } from '../protocol/ledger.ts';
import { openChunkedFile } from './chunked-file.ts';
import { emptyLedger } from './ledger-snapshot.ts';
import { readHistory } from './reader.ts';
import { createHistoryFile } from './recorder.ts';

const folder = mkdtempSync(join(tmpdir(), 'flashsale-history-'));
afterAll(() => rmSync(folder, { recursive: true }));

const newPath = () => join(folder, randomUUID(), 'history.ndjson');

/** A clock that the test turns. */
const createHandClock = () => {
  const clock = { atNs: 0, nowMs: () => 0, monotonicNs: () => clock.atNs };
  return clock;
};

const inventory: LedgerRow = {
  row: 'inventory',
  skuId: 'SKU-1',
  total: 1,
  available: 1,
  reserved: 0,
  sold: 0,
  sequence: 0,
};

const refusalOf = async (reading: Promise<unknown>): Promise<UserError> => {
  const error = await reading.then(
    () => undefined,
    (failure) => failure,
  );
  expect(error).toBeInstanceOf(UserError);
  return error;
};

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
    history.ledger({ row: 'end', rows: 1 });
    history.generator({ saturated: true, reasons: ['event loop late'] });
    await history.close();

    const read1 = await readHistory(path);
    expect(read1.sale).toEqual(sale);
    expect(read1.operations).toEqual([
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
    expect(read1.ledger).toEqual({ ...emptyLedger(), inventory: [inventory] });
    expect(read1.generator).toEqual({ saturated: true, reasons: ['event loop late'] });
    expect(read1.truncated).toBe(false);
  });

  it('keeps the names by which the calls of every flow are told apart', async () => {
    const path = newPath();
    const history = createHistoryFile(path, saleOf(), createHandClock());
    const voucher: LedgerRow = {
      row: 'voucher',
      voucherId: '00000000-0000-7000-8000-000000000001',
      campaignId: 'SPRING',
      skuId: 'SKU-1',
      userId: '00000000-0000-7000-8000-000000000002',
      orderId: '00000000-0000-7000-8000-000000000003',
      issuedAt: '2026-01-01T12:00:00.000000Z',
      usedAt: null,
      usedByCallId: null,
    };
    const delivery: LedgerRow = {
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
    history.ledger({ row: 'end', rows: 2 });
    await history.close();

    const { operations, ledger } = await readHistory(path);
    expect(operations).toMatchObject([
      { kind: 'register', idempotencyKey: 'wish-1', order: 'o1', voucher: 'CODE' },
      { kind: 'redeem', voucher: 'CODE', outcome: 'info' },
      { kind: 'cancel', order: 'o1', outcome: 'info' },
      { kind: 'confirm', hold: 'h1', newHold: 'h2', order: 'o2' },
    ]);
    expect(ledger?.vouchers).toEqual([voucher]);
    expect(ledger?.deliveries).toEqual([delivery]);
  });

  it('keeps any text, whatever has to be escaped', async () => {
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

  it('writes what does not fit into memory while it waits for the disk', async () => {
    const path = newPath();
    const file = openChunkedFile(path, {
      name: 'the history',
      option: '--history FILE',
      waitingBytesMax: 1,
    });
    const lines = Array.from({ length: 20_000 }, (_, place) => `line ${place} ${'é'.repeat(40)}\n`);
    for (const line of lines) file.append(line);
    await file.close();
    expect(readFileSync(path, 'utf8')).toBe(lines.join(''));
  });

  it('fails at once, and mendably, where no file can be', () => {
    const file = newPath();
    createHistoryFile(file, saleOf(), createHandClock());
    const inAFile = join(file, 'history.ndjson');
    expect(() => createHistoryFile(inAFile, saleOf(), createHandClock())).toThrow(
      expect.objectContaining({ name: 'UserError', exitCode: 3 }),
    );
  });

  it.runIf(process.platform === 'linux')('tells of a full disk when it is closed', async () => {
    const history = createHistoryFile('/dev/full', saleOf(), createHandClock());
    history.invoke({ kind: 'reserve', quantity: 1 });
    const error = await refusalOf(history.close());
    expect(error.exitCode).toBe(3);
    expect(error.why).toContain('ENOSPC');
    expect(await refusalOf(history.close())).toBe(error);
  });
});

describe('the reader of histories', () => {
  const written = async (): Promise<string> => {
    const path = newPath();
    const history = createHistoryFile(path, saleOf(), createHandClock());
    for (let place = 0; place < 10; place++) {
      const id = history.invoke({ kind: 'reserve', quantity: 1, buyer: `buyer ${place}` });
      history.complete(id, { outcome: 'fail', status: 400, code: 'OUT_OF_STOCK' });
    }
    history.ledger(inventory);
    history.ledger({ row: 'end', rows: 1 });
    await history.close();
    return path;
  };

  it('reads a file that was cut off anywhere behind its first line, and says so', async () => {
    const whole = readFileSync(await written());
    const firstLine = whole.indexOf('\n') + 1;
    for (let length = firstLine; length < whole.length; length++) {
      const path = join(folder, 'cut.ndjson');
      writeFileSync(path, whole.subarray(0, length));
      const history = await readHistory(path);
      expect(history.truncated).toBe(true);
      const lines = whole.subarray(firstLine, length).toString().split('\n').slice(0, -1);
      expect(history.operations.length).toBe(
        lines.filter((line) => line.startsWith('{"type":"invoke"')).length,
      );
      const isLedgerWhole = lines.some((line) => line.includes('"row":"end"'));
      expect(history.ledger !== undefined).toBe(isLedgerWhole);
    }
  });

  it('drops a ledger with fewer rows than its last line counts', async () => {
    const path = newPath();
    const history = createHistoryFile(path, saleOf(), createHandClock());
    history.ledger(inventory);
    history.ledger({ row: 'end', rows: 2 });
    await history.close();
    expect((await readHistory(path)).ledger).toBeUndefined();
  });

  it.each([
    ['an empty file', '', 'line 1: the file is empty'],
    ['a line that is no JSON', 'hello\n', 'line 1: not JSON'],
    ['another kind of JSON', '{"a":1}\n', 'line 1: a history starts with its sale'],
    ['another version', '{"type":"sale","version":99}\n', 'line 1: version 99, expected 2'],
    ['a sale without its facts', '{"type":"sale","version":2}\n', 'line 1: scenario:'],
  ])('refuses %s', async (_what, text, why) => {
    const path = join(folder, 'not-a-history');
    writeFileSync(path, text);
    const error = await refusalOf(readHistory(path));
    expect(error.exitCode).toBe(2);
    expect(error.why).toContain(why);
  });

  const CALL = '{"type":"invoke","id":1,"at":5,"kind":"reserve","quantity":1}';
  it.each([
    ['a line broken in the middle', ['{"type":"inv'], 'line 2: not JSON'],
    ['an unknown type', ['{"type":"fault"}'], 'line 2: unknown type "fault"'],
    [
      'a call out of turn',
      [CALL.replace('"id":1', '"id":3')],
      'line 2: call 3 where call 1 is due',
    ],
    ['an unknown kind', [CALL.replace('reserve', 'steal')], 'line 2: a call without its time'],
    ['an answer to no call', ['{"type":"ok","id":1,"at":5,"status":201}'], 'never made'],
    [
      'a second answer',
      [
        CALL,
        '{"type":"ok","id":1,"at":5,"status":201}',
        '{"type":"fail","id":1,"at":5,"status":4}',
      ],
      'line 4: a second answer to call 1',
    ],
    [
      'an answer before its call',
      [CALL, '{"type":"ok","id":1,"at":4,"status":201}'],
      'line 3: call 1 was answered before it was made',
    ],
    [
      'a ledger row of another shape',
      ['{"type":"ledger","entry":{"row":"inventory"}}'],
      'line 2: entry.skuId',
    ],
    ['calls that are missing', ['{"type":"end","invoked":3}'], '3 calls were recorded, 0 are in'],
    ['lines behind the end', ['{"type":"end","invoked":0}', CALL], 'nothing may follow'],
  ])('refuses %s', async (_what, lines, why) => {
    const path = newPath();
    await createHistoryFile(path, saleOf(), createHandClock()).close();
    const end = readFileSync(path, 'utf8').indexOf('{"type":"end"');
    truncateSync(path, end);
    writeFileSync(path, `${lines.join('\n')}\n`, { flag: 'a' });
    const error = await refusalOf(readHistory(path));
    expect(error.exitCode).toBe(2);
    expect(error.why).toContain(why);
  });

  it('refuses a file that is not there, mendably', async () => {
    const error = await refusalOf(readHistory(join(folder, 'nowhere.ndjson')));
    expect(error.exitCode).toBe(2);
    expect(error.why).toContain('ENOENT');
  });
});
