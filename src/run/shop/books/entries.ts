import type { LedgerEntry, LedgerRowKind } from '../../../protocol/ledger.ts';
import {
  isOfBasket,
  OPERATION_NAMES,
  ROWS_MEANINGS,
  ROWS_WORDS,
  type RowsName,
  type TargetFile,
} from '../../../target/file/schema.ts';
import { lineId, linePart } from '../../../target/line-id.ts';
import type { ValueFor } from './columns.ts';
import { shorten } from './shorten.ts';
import { hasZone, integerOf, moneyOf, textOf, timeOf } from './values.ts';

/** The facts with which a row becomes an entry of the judge's ledger. */
export interface EntryContext {
  skuId: string;
  /** Wall time (ms since 1970) of the reading. */
  nowMs: number;
  /** True when holds of this shop never lapse. */
  holdsNeverLapse: boolean;
}

/** A kind of rows: what it is in the ledger, which columns it may have, and which it cannot do without. */
export interface RowsKind {
  kind: LedgerRowKind;
  meanings: readonly string[];
  /** Lists of meanings: of each, one must be there. */
  anyOf: readonly (readonly string[])[];
  /** Throws for a value that is not what its column means. */
  entryOf(valueFor: ValueFor, context: EntryContext): LedgerEntry;
}

export const ROWS_KINDS: Record<RowsName, RowsKind> = {
  orders: {
    kind: 'order',
    meanings: ROWS_MEANINGS.orders,
    anyOf: [['id', 'buyer', 'hold', 'call']],
    entryOf: (valueFor, { skuId }) => ({
      row: 'order',
      orderId: read(valueFor, 'id', textOf),
      reservationId: read(valueFor, 'hold', textOf),
      userId: read(valueFor, 'buyer', textOf),
      skuId,
      quantity: read(valueFor, 'quantity', integerOf),
      totalPrice: read(valueFor, 'amount', moneyOf),
      status: wordOf(valueFor, 'status', ROWS_WORDS.orders.status) ?? 'CONFIRMED',
      callId: read(valueFor, 'call', textOf),
      createdAt: read(valueFor, 'at', timeOf),
    }),
  },
  reservations: {
    kind: 'reservation',
    meanings: ROWS_MEANINGS.reservations,
    anyOf: [['id', 'buyer', 'call']],
    entryOf(valueFor, context) {
      const status = wordOf(valueFor, 'status', ROWS_WORDS.reservations.status);
      return {
        row: 'reservation',
        reservationId: read(valueFor, 'id', textOf),
        userId: read(valueFor, 'buyer', textOf),
        skuId: context.skuId,
        quantity: read(valueFor, 'quantity', integerOf),
        status,
        lapsed: hasLapsed(valueFor, status, context),
        callId: read(valueFor, 'call', textOf),
        createdAt: read(valueFor, 'at', timeOf),
        expiresAt: read(valueFor, 'expiresAt', timeOf),
      };
    },
  },
  stock: {
    kind: 'inventory',
    meanings: ROWS_MEANINGS.stock,
    anyOf: [['total', 'available', 'reserved', 'sold']],
    entryOf: (valueFor, { skuId }) => ({
      row: 'inventory',
      skuId,
      total: read(valueFor, 'total', integerOf),
      available: read(valueFor, 'available', integerOf),
      reserved: read(valueFor, 'reserved', integerOf),
      sold: read(valueFor, 'sold', integerOf),
      sequence: null,
    }),
  },
  vouchers: {
    kind: 'voucher',
    meanings: ROWS_MEANINGS.vouchers,
    anyOf: [['id', 'code']],
    entryOf(valueFor, { skuId }) {
      const id = read(valueFor, 'id', textOf);
      const code = read(valueFor, 'code', textOf);
      return {
        row: 'voucher',
        voucherId: id ?? required(code, 'code'),
        code: code ?? required(id, 'id'),
        campaignId: null,
        skuId,
        userId: read(valueFor, 'buyer', textOf),
        orderId: read(valueFor, 'order', textOf),
        issuedAt: read(valueFor, 'at', timeOf),
        usedAt: read(valueFor, 'usedAt', timeOf),
        usedByCallId: null,
      };
    },
  },
  payments: {
    kind: 'payment',
    meanings: ROWS_MEANINGS.payments,
    anyOf: [['id'], ['amount'], ['status']],
    entryOf: (valueFor, { skuId }) => ({
      row: 'payment',
      transactionId: required(read(valueFor, 'id', textOf), 'id'),
      skuId,
      userId: read(valueFor, 'buyer', textOf),
      orderId: read(valueFor, 'order', textOf),
      amount: required(read(valueFor, 'amount', moneyOf), 'amount'),
      status: required(wordOf(valueFor, 'status', ROWS_WORDS.payments.status), 'status'),
    }),
  },
  movements: {
    kind: 'movement',
    meanings: ROWS_MEANINGS.movements,
    anyOf: [['sequence'], ['kind'], ['quantity']],
    entryOf: (valueFor, { skuId }) => ({
      row: 'movement',
      skuId,
      sequence: required(read(valueFor, 'sequence', integerOf), 'sequence'),
      kind: required(wordOf(valueFor, 'kind', ROWS_WORDS.movements.kind), 'kind'),
      quantity: required(read(valueFor, 'quantity', integerOf), 'quantity'),
      reservationId: read(valueFor, 'hold', textOf),
      at: read(valueFor, 'at', timeOf),
    }),
  },
};

/** The ids that a shop has for whole baskets, and not for their lines: its answers tell one for all lines. */
export function sharedIds({ operations }: Pick<TargetFile, 'operations'>): Set<'hold' | 'order'> {
  const answers = OPERATION_NAMES.filter(isOfBasket).map((name) => operations[name]?.answer);
  const isShared = (fact: 'hold' | 'order') =>
    answers.some((places) => places?.[fact]?.includes('*') === false);
  return new Set((['hold', 'order'] as const).filter(isShared));
}

/**
 * A row as it is, or a row of a basket with the line that it is. Where the shop has one id for the whole basket, the row has a
 * part of it, as the calls have.
 */
export function linesOf(
  entry: LedgerEntry,
  valueFor: ValueFor,
  shared: ReturnType<typeof sharedIds>,
): LedgerEntry[] {
  const basketId = read(valueFor, 'basket', textOf);
  if (basketId === null || (entry.row !== 'order' && entry.row !== 'reservation')) return [entry];
  const { skuId, userId, callId } = entry;
  const own = (id: string | null, fact: 'hold' | 'order') =>
    id !== null && shared.has(fact) ? lineId(id, skuId) : id;
  const ids = {
    reservationId: own(entry.reservationId, 'hold'),
    ...(entry.row === 'order' && { orderId: own(entry.orderId, 'order') }),
  };
  return [
    { ...entry, ...ids, callId: callId === null ? null : linePart(callId, skuId) } as LedgerEntry,
    { row: 'line', basketId, skuId, userId, orderId: null, ...ids },
  ];
}

function read<Value>(
  valueFor: ValueFor,
  meaning: string,
  convert: (value: unknown) => Value,
): Value {
  try {
    return convert(valueFor(meaning));
  } catch (error) {
    throw new Error(`${meaning}: ${(error as Error).message}`);
  }
}

function required<Value>(value: Value | null, meaning: string): Value {
  if (value !== null) return value;
  throw new Error(`a row has no ${meaning}`);
}

/** A word of the judge, in upper or lower case; null where the row has no such column. */
function wordOf<Word extends string>(
  valueFor: ValueFor,
  meaning: string,
  words: readonly Word[],
): Word | null {
  const value = valueFor(meaning);
  if (value === null) return null;
  const word = words.find((word) => word === String(value).toUpperCase());
  if (word !== undefined) return word;
  const known = words.map((word) => word.toLowerCase());
  throw new Error(
    `the ${meaning} ${shorten(value)} is unknown: add to values, as { ${meaning}: { ${shorten(String(value))}: ${known[0]} } }, which of ${known.join(', ')} it is`,
  );
}

/** The clocks of the shop and of this machine differ by less. */
const CLOCK_MARGIN_MS = 60_000;

/** True when a hold that is still reserved is past its expiry; null when that cannot be known. */
function hasLapsed(
  valueFor: ValueFor,
  status: string | null,
  { nowMs, holdsNeverLapse }: EntryContext,
): boolean | null {
  if (status === null) return null;
  if (status !== 'RESERVED' || holdsNeverLapse) return false;
  const value = valueFor('expiresAt');
  if (value === null || !hasZone(value)) return null;
  const leftMs = Date.parse(timeOf(value) as string) - nowMs;
  return Math.abs(leftMs) < CLOCK_MARGIN_MS ? null : leftMs < 0;
}
