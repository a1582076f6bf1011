import type { BooksReading } from '../../history/manifest.ts';
import type { Operation } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { bulletList, count, shortId, skuName } from '../../kernel/wording.ts';
import type { LedgerLine } from '../../protocol/ledger.ts';
import type { Checker, Finding } from '../checker.ts';
import type { Evidence } from '../evidence.ts';
import { createDeletionTest } from '../reading/deleted-orders.ts';
import { indexLedger, type LedgerIndex } from '../reading/ledger-index.ts';
import type { OrderRow, ReservationRow } from '../reading/rows.ts';
import { strangeLines } from './all-or-nothing/strange-lines.ts';

/**
 * A basket of which some lines happened and others did not: by the answers to its calls, by what the ledger has of each line of
 * a call, or by the states in which the ledger has its lines in the end. And lines in the ledger that are not together, or
 * not those of their holds and orders.
 */
export const allOrNothing: Checker = {
  name: 'all-or-nothing',
  needs: [],
  check(evidence) {
    const { index } = indexLedger(evidence);
    const calls = groupBy(evidence.operations, ({ basket }) => basket);
    const baskets = groupBy(index?.lines ?? [], ({ basketId }) => basketId);
    if (calls.size === 0 && baskets.size === 0) {
      return { status: 'skipped', summary: 'nothing was bought in baskets' };
    }
    const isLater = createReadingOrder(evidence.books ?? []);
    const broken = [
      ...[...calls.values()].flatMap((lines) => brokenAnswer(lines)),
      ...(index === undefined ? [] : halfMade([...calls.values()], index, evidence, isLater)),
      ...(index === undefined
        ? []
        : [...baskets].flatMap((basket) => brokenBasket(basket, index, isLater))),
      ...(index === undefined
        ? []
        : strangeLines([...calls.values()], index).map((says) => ({ says, operations: [] }))),
    ];
    return finding(broken, calls.size, baskets.size);
  },
};

/** True if the books of one SKU were read after those of another: then they show everything that the others show. */
type ReadingOrder = (sku: string | undefined, other: string | undefined) => boolean;

/** The books of a sale are read SKU by SKU, and a basket may change between two readings. */
function createReadingOrder(books: readonly BooksReading[]): ReadingOrder {
  const readings = new Map<string | undefined, BooksReading>(
    books.map((reading) => [reading.skuId, reading]),
  );
  return (sku, other) => {
    const [later, earlier] = [readings.get(sku), readings.get(other)];
    return later !== undefined && earlier !== undefined && later.fromNs >= earlier.toNs;
  };
}

/** A basket that is broken: the sentence about it, and the calls by which one sees it. */
interface Broken {
  says: string;
  operations: Operation[];
}

const SHOWN_MAX = 10;

function finding(broken: Broken[], calls: number, baskets: number): Finding {
  const [first] = broken;
  if (first === undefined) {
    return {
      status: 'valid',
      summary: `${count(calls, 'call')} for baskets and ${count(baskets, 'basket')} in the ledger are whole`,
    };
  }
  return {
    status: 'invalid',
    summary:
      broken.length === 1 ? first.says : `${first.says} (the first of ${broken.length} faults)`,
    witness: {
      prose: bulletList(
        'The lines of a basket happen together or not at all.',
        broken.slice(0, SHOWN_MAX).map(({ says }) => says),
      ),
      operations: broken.flatMap(({ operations }) => operations).slice(0, SHOWN_MAX),
    },
  };
}

/** A call that was answered yes for some of its lines, and definitely no for others. */
function brokenAnswer(lines: Operation[]): Broken[] {
  const yes = lines.filter(({ outcome }) => outcome === 'ok');
  const no = lines.filter(({ outcome }) => outcome === 'fail');
  if (yes.length === 0 || no.length === 0) return [];
  return [
    {
      says: `one ${nameOf(lines)} was answered yes for ${skusOf(yes)} and no for ${skusOf(no)}`,
      operations: lines,
    },
  ];
}

/** The calls of which the ledger has some lines and not the others, whatever their answers were. */
function halfMade(
  calls: Operation[][],
  ledger: LedgerIndex,
  { operations, sale }: Evidence,
  isLater: ReadingOrder,
): Broken[] {
  const { attribution } = ledger;
  // Rows that do not name their calls are given to calls by what they have in common, which says nothing about one of them. A
  // row of a name that was given again names no call either.
  if (attribution?.namesCalls === false) return [];
  // The order of one line may have been cancelled by itself, and a described shop may have deleted it then.
  const deletionOf = createDeletionTest(operations, ledger.orders);
  const isDeleted = (line: Operation): boolean =>
    attribution !== undefined && line.kind !== 'reserve' && deletionOf(line) !== 'no';
  const onSale = new Set(sale.skus.map(({ skuId }) => skuId));
  const keepsHolds = ledger.keeps('reservation') && attribution?.keepsHolds !== false;
  const holds = groupBy(ledger.reservations, ({ callId }) => callId);
  const rowsOf = ({ kind, callId = '' }: Operation): (ReservationRow | OrderRow)[] =>
    (kind === 'confirm' || !keepsHolds ? ledger.ordersByCallId : holds).get(callId) ?? [];
  /** A described shop that takes line by line gives them back when it cannot have another one, and may keep the rows. */
  const isBack = ({ status }: ReservationRow | OrderRow, { outcome }: Operation): boolean =>
    attribution !== undefined &&
    outcome !== 'ok' &&
    (status === 'CANCELLED' || status === 'FAILED');
  return calls.flatMap((lines) => {
    const known = lines.filter(({ sku, callId }) => callId !== undefined && onSale.has(sku ?? ''));
    const isMade = (line: Operation) => rowsOf(line).some((row) => !isBack(row, line));
    const there = known.filter(isMade);
    // A row that was given back may have been ended by another call. Of a call that was answered, nothing is written
    // while the books are read.
    const missing = known.filter(
      (line) =>
        rowsOf(line).length === 0 &&
        !isDeleted(line) &&
        (line.outcome !== 'info' || there.some(({ sku }) => isLater(line.sku, sku))),
    );
    if (there.length === 0 || missing.length === 0) return [];
    return {
      says: `the ledger has the lines of one ${nameOf(lines)} for ${skusOf(there)}, and not for ${skusOf(missing)}`,
      operations: lines,
    };
  });
}

type State = 'held' | 'sold' | 'given back';
const ENDED: ReadonlySet<State | undefined> = new Set(['sold', 'given back'] as const);

/**
 * A basket whose lines ended differently. A line counts as still held if it was read after the end of another one. Where one SKU
 * ended in two ways, the name is that of several baskets, or one was paid for again: nobody can tell which lines belong together.
 */
function brokenBasket(
  [basketId, lines]: [string, LedgerLine[]],
  ledger: LedgerIndex,
  isLater: ReadingOrder,
): Broken[] {
  const ended = lines.filter((line) => ENDED.has(stateOf(line, ledger)));
  const states = new Map<State, LedgerLine[]>();
  const stateOfSku = new Map<string, State>();
  for (const line of lines) {
    const state = stateOf(line, ledger);
    const isKnown = state !== 'held' || ended.some(({ skuId }) => isLater(line.skuId, skuId));
    if (state === undefined || !isKnown) continue;
    if ((stateOfSku.get(line.skuId) ?? state) !== state) return [];
    stateOfSku.set(line.skuId, state);
    states.set(state, [...(states.get(state) ?? []), line]);
  }
  if (states.size < 2) return [];
  const parts = [...states].map(
    ([state, of]) => `${of.map(({ skuId }) => skuName(skuId)).join(', ')} ${state}`,
  );
  return [{ says: `basket ${shortId(basketId)} has ${parts.join(' and ')}`, operations: [] }];
}

/** The end of a line, by its hold or by its order; undefined if neither tells. A row that may be another call's does not. */
function stateOf(line: LedgerLine, ledger: LedgerIndex): State | undefined {
  const isSure = (id: string | null): boolean => ledger.attribution?.vague.has(id ?? '') !== true;
  const hold = isSure(line.reservationId)
    ? ledger.reservationById.get(line.reservationId ?? '')
    : undefined;
  switch (hold?.status) {
    case 'CONFIRMED':
      return 'sold';
    case 'EXPIRED':
    case 'CANCELLED':
      return 'given back';
    case 'RESERVED':
      if (hold.lapsed === null) return undefined;
      return hold.lapsed ? 'given back' : 'held';
  }
  const order = isSure(line.orderId) ? ledger.orderById.get(line.orderId ?? '') : undefined;
  return order && STATE_OF_ORDER[order.status];
}

/** An order that is still to be paid tells nothing. */
const STATE_OF_ORDER: Record<OrderRow['status'], State | undefined> = {
  PENDING: undefined,
  CONFIRMED: 'sold',
  FULFILLED: 'sold',
  CANCELLED: 'given back',
  FAILED: 'given back',
};

const skusOf = (lines: Operation[]): string =>
  lines.map(({ sku }) => (sku === undefined ? 'a SKU without a name' : skuName(sku))).join(', ');

const nameOf = ([line]: Operation[]): string =>
  `${line?.kind} of a basket${line?.buyer === undefined ? '' : ` of buyer ${shortId(line.buyer)}`}`;
