import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { saleOf } from '../../test/judge/story.ts';
import { LINE_BYTES_MAX } from './format.ts';
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

const { folder, newPath } = makeTestFolder();

describe('the reader of histories', () => {
  const written = async (): Promise<string> => {
    const path = newPath();
    const history = createHistoryFile(path, saleOf(), createHandClock());
    for (let place = 0; place < 10; place++) {
      const id = history.invoke({ kind: 'reserve', quantity: 1, buyer: `buyer ${place}` });
      history.complete(id, { outcome: 'fail', status: 400, code: 'OUT_OF_STOCK' });
    }
    history.ledger(inventory);
    history.books(reading);
    await history.close();
    return path;
  };

  it('reads a file that was cut off anywhere behind its first line, and marks it as truncated', async () => {
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
      const isLedgerRead = lines.some((line) => line.startsWith('{"type":"books"'));
      expect(history.ledger !== undefined).toBe(isLedgerRead);
    }
  });

  it('reads how the ledger was read, and a reading that failed', async () => {
    const path = newPath();
    const history = createHistoryFile(path, saleOf(), createHandClock());
    history.ledger(inventory);
    history.books(reading);
    const failed = { skuId: 'SKU-2', fromNs: 5, toNs: 6, problem: 'other side closed' };
    history.books(failed);
    await history.close();
    const { books, ledger } = await readHistory(path);
    expect(books).toEqual([reading, failed]);
    expect(ledger?.inventory.map(copyOfRow)).toEqual([inventory]);
  });

  it.each([
    ['an empty file', '', 'line 1: the file is empty'],
    ['a line that is no JSON', 'hello\n', 'line 1: not JSON'],
    ['another kind of JSON', '{"a":1}\n', 'line 1: a history starts with its sale'],
    ['another version', '{"type":"sale","version":99}\n', 'line 1: version 99, expected 4'],
    ['a sale without its facts', '{"type":"sale","version":4}\n', 'line 1: scenario:'],
    [
      'a SKU that is on sale twice',
      `${JSON.stringify({ type: 'sale', version: 4, ...saleOf(), skus: Array(2).fill({ skuId: 'A', total: 1 }) })}\n`,
      'line 1: skus: one is there twice',
    ],
  ])('refuses %s', async (_what, text, why) => {
    const path = join(folder, 'not-a-history');
    writeFileSync(path, text);
    const error = await refusalOf(readHistory(path));
    expect(error.exitCode).toBe(2);
    expect(error.why).toContain(why);
  });

  it('keeps the order that an answer names beside another one that its call named', async () => {
    const path = newPath();
    const history = createHistoryFile(path, saleOf(), createHandClock());
    for (const told of ['B', 'A', undefined]) {
      const id = history.invoke({ kind: 'cancel', quantity: 1, order: 'A' });
      history.complete(id, { outcome: 'ok', status: 200, order: told });
    }
    await history.close();
    const { operations } = await readHistory(path);
    expect(operations.map(({ order, toldOrder }) => [order, toldOrder])).toEqual([
      ['A', 'B'],
      ['A', undefined],
      ['A', undefined],
    ]);
  });

  it.each([
    ['"buyer":"buyer 3"', '"buyer":"buyer 3","buyer":"buyer 4"'],
    ['"status":', '"status":400,"status":'],
  ])('refuses a line that names a member twice: %s', async (member, twice) => {
    const path = await written();
    writeFileSync(path, readFileSync(path, 'utf8').replace(member, twice));
    const error = await refusalOf(readHistory(path));
    expect(error.why).toContain('one of its members is there twice');
  });

  it('keeps the SKU that an answer names beside another one that its call named', async () => {
    const path = newPath();
    const history = createHistoryFile(path, saleOf(), createHandClock());
    for (const [asked, told] of [['A', 'B'], ['A', 'A'], [undefined, 'B'], ['A']]) {
      const id = history.invoke({ kind: 'reserve', quantity: 1, sku: asked });
      history.complete(id, { outcome: 'ok', status: 201, sku: told });
    }
    await history.close();
    const { operations } = await readHistory(path);
    expect(operations.map(({ sku, toldSku }) => [sku, toldSku])).toEqual([
      ['A', 'B'],
      ...[
        ['A', undefined],
        ['B', undefined],
        ['A', undefined],
      ],
    ]);
  });

  const CALL = '{"type":"invoke","id":1,"at":5,"kind":"reserve","quantity":1}';
  it.each([
    ['a line broken in the middle', ['{"type":"inv'], 'line 2: not JSON'],
    ['an unknown type', ['{"type":"weather"}'], 'line 2: unknown type "weather"'],
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
    [
      'a call that was made before the one before it',
      [CALL, CALL.replace('"id":1,"at":5', '"id":2,"at":4')],
      'line 3: call 2 was made at 4 ns, before call 1 at 5 ns',
    ],
    ['a call before all time', [CALL.replace('5', '-5')], 'line 2: -5 is no time on the history'],
    [
      'an answer that never came',
      [CALL, '{"type":"ok","id":1,"at":1e999,"status":201}'],
      'line 3: Infinity is no time on the history',
    ],
    ['a call without a time', [CALL.replace('5', 'null')], 'line 2: a call without its time'],
    [
      'a status that HTTP does not have',
      [CALL, '{"type":"ok","id":1,"at":5,"status":20.1}'],
      'line 3: status 20.1',
    ],
    ['a buyer that is no text', [CALL.replace('}', ',"buyer":7}')], 'line 2: buyer is 7, and no'],
    ['a hold that is null', [CALL.replace('}', ',"hold":null}')], 'line 2: hold is null, and no'],
    ['a call id that is a list', [CALL.replace('}', ',"callId":[]}')], 'line 2: callId is [], and'],
    [
      'a quantity beyond all numbers',
      [CALL.replace('"quantity":1', '"quantity":1e999')],
      'line 2: Infinity is no quantity',
    ],
    [
      'half a sequence number',
      [CALL, '{"type":"ok","id":1,"at":5,"status":201,"sequence":1.5}'],
      'line 3: sequence is 1.5, and no whole number',
    ],
    [
      'counts that are none',
      [CALL, '{"type":"ok","id":1,"at":5,"status":200,"observed":{"available":"9"}}'],
      'line 3: observed is {"available":"9"}, and nothing that a read tells',
    ],
    [
      'a second report of the generator',
      Array(2).fill('{"type":"generator","saturated":true,"reasons":[]}'),
      'line 3: a second report of the load generator',
    ],
    [
      'a scrape before all time',
      ['{"type":"scrape","instance":"a","startedAtNs":-1,"endedAtNs":0,"samples":[]}'],
      'line 2: startedAtNs',
    ],
    [
      'a scrape that ended before it began',
      ['{"type":"scrape","instance":"a","startedAtNs":8,"endedAtNs":7,"samples":[]}'],
      'line 2: endedAtNs: before startedAtNs',
    ],
    [
      'books that were read before anybody began',
      ['{"type":"books","skuId":"A","fromNs":8,"toNs":7}'],
      'line 2: toNs: before fromNs',
    ],
    [
      'a yes that nobody answered',
      [CALL, '{"type":"ok","id":1,"at":5,"status":0}'],
      'line 3: call 1 was answered yes with status 0, which is for calls without an answer',
    ],
    [
      'calls that are missing',
      ['{"type":"end","invoked":3,"scrapes":0}'],
      '3 calls were recorded, 0 are in',
    ],
    [
      'lines behind the end',
      ['{"type":"end","invoked":0,"scrapes":0}', CALL],
      'nothing may follow',
    ],
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

  it('takes answers in any order behind their calls', async () => {
    const path = newPath();
    await createHistoryFile(path, saleOf(), createHandClock()).close();
    const lines = [
      CALL,
      CALL.replace('"id":1,"at":5', '"id":2,"at":9'),
      '{"type":"ok","id":2,"at":9,"status":201}',
      '{"type":"ok","id":1,"at":7,"status":201}',
    ];
    truncateSync(path, readFileSync(path, 'utf8').indexOf('{"type":"end"'));
    writeFileSync(path, `${lines.join('\n')}\n`, { flag: 'a' });
    const { operations } = await readHistory(path);
    expect(operations.map(({ completedAtNs }) => completedAtNs)).toEqual([7, 9]);
  });

  describe('of the lines of a basket', () => {
    const line = (id: number, facts: object = {}) => ({
      ...{ type: 'invoke', id, at: 5, kind: 'reserve', quantity: 1, basket: 'b' },
      ...facts,
    });
    const answer = (id: number, facts: object = {}) => ({
      ...{ type: 'ok', id, at: 9, status: 201, requestId: 'r-1' },
      ...facts,
    });
    const pathOf = async (lines: object[]): Promise<string> => {
      const path = newPath();
      await createHistoryFile(path, saleOf(), createHandClock()).close();
      truncateSync(path, readFileSync(path, 'utf8').indexOf('{"type":"end"'));
      writeFileSync(path, lines.map((each) => `${JSON.stringify(each)}\n`).join(''), { flag: 'a' });
      return path;
    };

    it.each([
      ['status', { status: 200 }, 'status 200', 'status 201'],
      ['request', { requestId: 'r-2' }, 'requestId r-2', 'requestId r-1'],
      ['request that is not named', { requestId: undefined }, 'requestId absent', 'requestId r-1'],
      ['time', { at: 8 }, 'at 8', 'at 9'],
    ])('refuses answers with another %s', async (_what, facts, is, was) => {
      const refusedIn = async (answers: object[]) =>
        (await refusalOf(readHistory(await pathOf([line(1), line(2), ...answers])))).why;
      expect(await refusedIn([answer(1), answer(2, facts)])).toBe(
        `line 5: call 2 has an answer with ${is}, and call 1, a line of the same basket, one with ${was}`,
      );
      expect(await refusedIn([answer(2, facts), answer(1)])).toBe(
        `line 5: call 1 has an answer with ${was}, and call 2, a line of the same basket, one with ${is}`,
      );
    });

    it.each([
      ['of one call', {}, {}],
      ['of which one was not answered', {}, undefined],
      ['of another basket', { basket: 'c' }, { status: 200 }],
      ['of another kind of call', { kind: 'confirm' }, { status: 200 }],
      ['of a later call', { at: 6 }, { status: 200 }],
      ['of none', { basket: undefined }, { status: 200 }],
    ])('takes answers to lines %s', async (_what, called, answered) => {
      const answers = answered === undefined ? [answer(1)] : [answer(1), answer(2, answered)];
      const { operations } = await readHistory(
        await pathOf([line(1), line(2, called), ...answers]),
      );
      expect(operations).toHaveLength(2);
    });
  });

  it('refuses a line that is too long, wherever it is, without reading it whole', async () => {
    const path = await written();
    const sale = readFileSync(path, 'utf8').split('\n')[0];
    const spaces = Buffer.alloc(LINE_BYTES_MAX + 1, ' ');
    for (const [before, after, line] of [
      ['', '', 1],
      [`${sale}\n`, '', 2],
      [`${sale}\n`, '{}\n', 2],
    ] as const) {
      writeFileSync(path, before);
      writeFileSync(path, spaces, { flag: 'a' });
      writeFileSync(path, after, { flag: 'a' });
      const error = await refusalOf(readHistory(path));
      expect(error.exitCode).toBe(2);
      expect(error.why).toContain(`line ${line}: longer than 32 MiB`);
    }
  });

  it.runIf(process.platform === 'linux')('refuses a file that never ends', async () => {
    const error = await refusalOf(readHistory('/dev/zero'));
    expect(error.why).toContain('line 1: longer than 32 MiB');
  });

  it('takes the longest line that is allowed', async () => {
    const path = await written();
    const [sale, ...lines] = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, `${sale}${' '.repeat(LINE_BYTES_MAX - (sale ?? '').length)}\n`);
    writeFileSync(path, lines.join('\n'), { flag: 'a' });
    expect((await readHistory(path)).operations).toHaveLength(10);
  });

  it('refuses a line that is not UTF-8', async () => {
    const path = await written();
    const text = readFileSync(path, 'latin1').replace('buyer 3', 'buyer \xff');
    writeFileSync(path, text, 'latin1');
    const error = await refusalOf(readHistory(path));
    expect(error.why).toContain('line 8: not UTF-8');
  });

  it('breaks off where a file ends in the middle of a character', async () => {
    const path = newPath();
    const history = createHistoryFile(path, saleOf(), createHandClock());
    history.invoke({ kind: 'reserve', quantity: 1, buyer: 'ann' });
    history.invoke({ kind: 'reserve', quantity: 1, buyer: 'é' });
    await history.close();
    truncateSync(path, readFileSync(path).indexOf('é') + 1);
    const { operations, truncated } = await readHistory(path);
    expect(operations.map(({ buyer }) => buyer)).toEqual(['ann']);
    expect(truncated).toBe(true);
  });

  it('refuses binary data and a folder', async () => {
    const path = join(folder, 'binary');
    writeFileSync(path, Buffer.from([0x1f, 0x8b, 0x08, 0x0a, 0xff, 0x00]));
    expect((await refusalOf(readHistory(path))).why).toContain('line 1: not UTF-8');
    writeFileSync(path, Buffer.from([0x1f, 0x8b, 0x08, 0xff, 0x00]));
    expect((await refusalOf(readHistory(path))).why).toContain('line 1: a history starts with');
    const error = await refusalOf(readHistory(folder));
    expect(error.exitCode).toBe(2);
    expect(error.why).toContain('EISDIR');
  });

  it('refuses a file that is not there with a UserError', async () => {
    const error = await refusalOf(readHistory(join(folder, 'nowhere.ndjson')));
    expect(error.exitCode).toBe(2);
    expect(error.why).toContain('ENOENT');
  });
});
