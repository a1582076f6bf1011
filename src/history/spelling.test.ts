import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { saleOf } from '../../test/judge/story.ts';
import { UserError } from '../kernel/errors.ts';
import type { LedgerEntry } from '../protocol/ledger.ts';
import { copyOf, OPERATION_KINDS } from './operation.ts';
import { readHistory } from './reader.ts';
import { createHistoryFile } from './recorder.ts';
import { copyOfRow } from './row-in-columns.ts';
import { createHandClock, makeTestFolder } from './testing/history-files.ts';

const { newPath } = makeTestFolder();

const uuid = fc
  .tuple(fc.constantFrom(1, 7, 8, 9), fc.constantFrom('8', 'b', 'c'), fc.nat(20))
  .map(([version, variant, number]) => {
    const end = number.toString(16).padStart(12, '0');
    return `0197c0de-00ff-${version}abc-${variant}001-${end}`;
  });
const text = fc.oneof(
  { weight: 4, arbitrary: uuid },
  { weight: 2, arbitrary: fc.constantFrom('SKU-1', 'ann', '', 'OUT_OF_STOCK') },
  { weight: 1, arbitrary: uuid.map((id) => id.toUpperCase()) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) },
);
const maybe = fc.option(text, { nil: undefined });
const number = fc.oneof(
  { weight: 5, arbitrary: fc.nat(1000) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 53 - 1, 2 ** 53, 1e21, 1.5, -1, 0) },
);
const call = fc.record({
  afterNs: fc.oneof(fc.nat(9), fc.constant(123_456_789_012)),
  kind: fc.constantFrom(...OPERATION_KINDS),
  quantity: number,
  ...{ sku: maybe, buyer: maybe, callId: maybe, idempotencyKey: maybe },
  ...{ hold: maybe, order: maybe, voucher: maybe, ticket: maybe, instance: maybe },
});
const answer = fc.record({
  outcome: fc.constantFrom('ok', 'fail', 'info'),
  status: fc.constantFrom(0, 201, 999),
  ...{ code: maybe, hold: maybe, order: maybe, voucher: maybe, sku: maybe, requestId: maybe },
  sequence: fc.option(number, { nil: undefined }),
  observed: fc.option(
    fc.oneof(
      fc.record({ available: number, reserved: number, sold: number }),
      fc.record({ available: number, decision: text }),
    ),
    { nil: undefined },
  ),
});
const time = fc.constantFrom(
  ...['2026-01-01T12:00:00.000001Z', '2026-02-28T00:00:00Z', '2024-02-29T23:59:59.9Z'],
  ...['2026-02-29T00:00:00Z', '2026-13-01T00:00:00Z', '2026-01-01T24:00:00Z', '2026-01-01'],
  ...['2026-01-31T12:00:00Z', '2026-01-01T12:00:00.Z', '2026-01-01T12:00Z', '2026-00-00T12:00:00Z'],
);
const row = fc.oneof(
  fc.record({
    row: fc.constant('movement'),
    ...{ skuId: text, sequence: number },
    kind: fc.constantFrom('RESERVED', 'STOLEN'),
    ...{ quantity: number, reservationId: uuid, at: time },
  }),
  fc.record({
    row: fc.constant('reservation'),
    ...{ reservationId: text, userId: uuid, skuId: fc.constant('SKU-1'), quantity: number },
    status: fc.constantFrom('RESERVED', 'CONFIRMED', 'LOST'),
    lapsed: fc.constantFrom<unknown>(true, false, 1),
    callId: fc.option(text),
    ...{ createdAt: time, expiresAt: time },
  }),
  fc.record({
    row: fc.constant('delivery'),
    ...{ group: text, topic: text, type: text, skuId: fc.constant('SKU-1') },
    eventId: fc.oneof(
      fc.constantFrom('m0', 'm1', 'm01', 'm', 'm1x', 'm9007199254740993'),
      uuid,
      text,
    ),
    sequence: fc.option(fc.constantFrom(0, 1, 2)),
  }),
  fc.record({
    row: fc.constant('payment'),
    ...{ transactionId: text, skuId: fc.constant('SKU-1'), userId: uuid },
    orderId: fc.option(uuid),
    amount: fc.constantFrom('19.99', '1.0', '-1.00', ''),
    status: fc.constant('CHARGED'),
  }),
) as fc.Arbitrary<LedgerEntry>;

/** Everything of a history, or the reason why it is refused. */
async function contentOf(lines: string[]): Promise<unknown> {
  const path = newPath();
  await createHistoryFile(path, saleOf(), createHandClock()).close();
  writeFileSync(path, lines.join('\n'));
  try {
    const { operations, ledger, ...rest } = await readHistory(path);
    const rows = Object.values(ledger ?? {}).flatMap((list) => [...list].map(copyOfRow));
    return { operations: operations.map(copyOf), rows, ...rest };
  } catch (error) {
    if (error instanceof UserError) return error.why?.replace(/^.*line/, 'line');
    throw error;
  }
}

/** The same line in a spelling that the writer never has. */
const respelled = (line: string): string => line.replace('{', '{ ');

describe('the spelling of a line', () => {
  it('does not matter: what is read byte by byte is what JSON.parse and the schemas read', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(call, fc.option(answer)), { maxLength: 4 }),
        fc.array(row, { maxLength: 2 }),
        async (calls, rows) => {
          const path = newPath();
          const history = createHistoryFile(path, saleOf(), createHandClock());
          let atNs = 0;
          for (const [{ afterNs, ...facts }, answered] of calls) {
            atNs += afterNs;
            const id = history.invoke(facts, atNs);
            if (answered) history.complete(id, answered, atNs + afterNs);
          }
          for (const entry of rows) history.ledger(entry);
          // Without an account of how they were read, rows are no ledger.
          history.books({ skuId: 'SKU-1', fromNs: 0, toNs: 0, counts: {} });
          await history.close();
          const [sale = '', ...lines] = readFileSync(path, 'utf8').split('\n');
          expect(await contentOf([sale, ...lines])).toEqual(
            await contentOf([sale, ...lines.map(respelled)]),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('does not matter where a line is damaged', async () => {
    const path = newPath();
    const history = createHistoryFile(path, saleOf(), createHandClock());
    const id = '0197c0de-00ff-7abc-8001-00000000000a';
    const userId = '0197c0de-00ff-7abc-9001-00000000000b';
    history.invoke({ kind: 'reserve', quantity: 1, sku: 'SKU-1', buyer: 'ann', callId: id });
    history.complete(1, { outcome: 'ok', status: 201, hold: id, sequence: 10, requestId: id });
    history.ledger({
      ...{ row: 'reservation', reservationId: id, userId, skuId: 'SKU-1', quantity: 1 },
      ...{ status: 'RESERVED', lapsed: false, callId: null },
      ...{ createdAt: '2026-01-01T12:00:00.000001Z', expiresAt: '2026-01-01T12:10:00Z' },
    });
    await history.close();
    const whole = readFileSync(path, 'utf8').split('\n');
    const damage = fc.constantFrom('', ' ', '"', '0', '1', 'a', 'Z', '-', '.', 'e', ',', '}', '\\');
    await fc.assert(
      fc.asyncProperty(
        ...[fc.integer({ min: 1, max: 3 }), fc.nat(300), damage, fc.nat(1)],
        async (place, at, character, length) => {
          const lines = [...whole];
          const line = lines[place] as string;
          // The first byte stays: by it the line is spelled in another way.
          const from = 1 + (at % (line.length - 1));
          lines[place] = line.slice(0, from) + character + line.slice(from + length);
          const [sale = '', ...others] = lines;
          expect(await contentOf(lines)).toEqual(await contentOf([sale, ...others.map(respelled)]));
        },
      ),
      { numRuns: 1_500 },
    );
  });
});
