import { DeliveryList } from '../history/delivery-list.ts';
import { type FinalLedger, LIST_OF_KIND } from '../history/ledger-snapshot.ts';
import type { BooksReading } from '../history/manifest.ts';
import { lastEventNs, type Operation, type OperationKind } from '../history/operation.ts';
import { copyOfRow } from '../history/row-in-columns.ts';
import { groupBy } from '../kernel/group-by.ts';
import { lazy, memoized } from '../kernel/memo.ts';
import { count, skuName } from '../kernel/wording.ts';
import type { LedgerEntry, LedgerMovement, LedgerRowKind } from '../protocol/ledger.ts';
import { findEmptyColumn } from './empty-columns.ts';
import type { Evidence } from './evidence.ts';
import { eventfulCalls } from './reading/eventful-calls.ts';
import { findNamesOfSeveral } from './reading/namesakes/rows.ts';
import { findWishes } from './reading/wishes.ts';

/** A kind of evidence that a check may need. A kind of ledger row stands for all its rows in the final ledger. */
export type EvidenceKind =
  | LedgerRowKind
  | 'sequences'
  | 'names'
  | 'scrapes'
  | 'generator'
  | 'invariants'
  | 'clocks';

/** The name of each kind in texts. */
export const NAME_OF_EVIDENCE: Record<EvidenceKind, string> = {
  inventory: 'the stock of the final ledger',
  reservation: 'the reservations of the final ledger',
  order: 'the orders of the final ledger',
  movement: 'the stock movements of the final ledger',
  voucher: 'the vouchers of the final ledger',
  reward: 'the rewards of the final ledger',
  attempt: 'the flash-sale attempts of the final ledger',
  payment: 'the payments of the final ledger',
  ticket: 'the tickets of the final ledger',
  line: 'the lines of baskets of the final ledger',
  delivery: 'the events that consumers handled',
  notification: 'the notifications of users',
  backlog: 'the number of events still to be delivered',
  hot_stock: 'the stock of the hot store',
  track: 'what clients told the analytics',
  bucket: 'the counts of the analytics',
  sequences: 'sequence numbers in the answers',
  names: 'the ids in the answers',
  scrapes: 'scrapes of /metrics',
  generator: 'the load generator’s report about itself',
  invariants: 'the user’s own assertions',
  clocks: 'the clocks of several histories',
};

/** Evidence that was promised, and is missing, short, doubled or cut. */
export interface Gap {
  /** Absent: all evidence is without meaning. No check needs the manifest itself. */
  kind?: EvidenceKind | 'manifest';
  /** One sentence without its full stop. */
  what: string;
}

/** True when the evidence was promised. Promised evidence may still have a gap: see `findGaps`. */
export function isPromised(kind: EvidenceKind, { sale, merged }: Evidence): boolean {
  const { shop } = sale;
  const { ledger, sequences, scraped, generator, invariants = [] } = sale.evidence;
  switch (kind) {
    case 'sequences':
      return sequences;
    case 'names':
      return sequences && shop === undefined;
    case 'scrapes':
      return scraped.length > 0;
    case 'generator':
      return generator;
    case 'invariants':
      return invariants.length > 0;
    case 'clocks':
      return merged !== undefined;
    default:
      return ledger.includes(kind);
  }
}

/** Compares the evidence with the sale's manifest. Answers with everything that was promised and is not there in full. */
export const findGaps = memoized((evidence: Evidence): Gap[] => [
  ...(evidence.sale.skus.length === 0 ? [{ what: 'the sale names no SKU' }] : []),
  ...gapsOfLedger(evidence),
  ...unpromised(evidence),
  ...gapsOfSequences(evidence),
  ...gapsOfNames(evidence),
  ...gapsOfScrapes(evidence),
  ...(isPromised('generator', evidence) && evidence.generator === undefined
    ? [{ kind: 'generator' as const, what: `${NAME_OF_EVIDENCE.generator} is missing` }]
    : []),
  ...(evidence.merged?.problem === undefined
    ? []
    : [{ kind: 'clocks' as const, what: evidence.merged.problem }]),
  ...unaskedInvariants(evidence).map((name) => ({
    kind: 'invariants' as const,
    what: `the assertion ${name} was not asked`,
  })),
]);

/** The user's own assertions that were promised and have no result. */
export function unaskedInvariants({ sale, invariants = [] }: Evidence): string[] {
  const asked = new Set(invariants.map(({ name }) => name));
  return (sale.evidence.invariants ?? []).filter((name) => !asked.has(name));
}

function gapsOfLedger(evidence: Evidence): Gap[] {
  const { ledger: promised } = evidence.sale.evidence;
  const unread = whyUnread(evidence);
  const ledger = evidence.ledger;
  if (unread !== undefined || ledger === undefined) {
    const what = unread ?? 'the final ledger was not read';
    return promised.map((kind) => ({ kind, what }));
  }
  return promised.flatMap((kind) => {
    const what = whyNotWhole(kind, ledger, evidence);
    return what === undefined ? [] : [{ kind, what: `${NAME_OF_EVIDENCE[kind]} ${what}` }];
  });
}

/**
 * Evidence that is there and was never promised. The manifest is not that of this history then, and what else it does not promise
 * may be missing.
 */
function unpromised({ sale, ledger, scrapes = [] }: Evidence): Gap[] {
  const { ledger: kinds, consumers, scraped } = sale.evidence;
  const strange = (Object.keys(LIST_OF_KIND) as LedgerRowKind[]).filter(
    (kind) => !kinds.includes(kind) && (ledger?.[LIST_OF_KIND[kind]].length ?? 0) > 0,
  );
  const handled = DeliveryList.of(ledger?.deliveries ?? []).topics.find(
    ({ group, topic }) =>
      !consumers.some((each) => each.group === group && each.topics.includes(topic)),
  );
  const instance = scrapes.find((scrape) => !scraped.includes(scrape.instance))?.instance;
  const things = [
    ...strange.map((kind) => NAME_OF_EVIDENCE[kind]),
    ...(handled === undefined ? [] : [`events of ${handled.topic} that ${handled.group} handled`]),
    ...(instance === undefined ? [] : [`scrapes of ${instance}`]),
  ];
  return things.map((thing) => ({
    kind: 'manifest',
    what: `the manifest of this history: the one that is there does not promise ${thing}`,
  }));
}

/** The reason why the ledger as a whole proves nothing; undefined when it does. */
function whyUnread({ sale, books, operations, merged }: Evidence): string | undefined {
  // A judge that is used as a library may be given a ledger without an account of its reading.
  if (books === undefined) return undefined;
  const lastNs = lastEventNs(operations);
  const bySku = groupBy(books, ({ skuId }) => skuId);
  for (const { skuId } of sale.skus) {
    const readings = bySku.get(skuId) ?? [];
    const [reading] = readings;
    if (reading === undefined) return `the final ledger of ${skuName(skuId)} was not read`;
    if (readings.length > 1) {
      return `the final ledger of ${skuName(skuId)} is there ${readings.length} times`;
    }
    const { problem, counts, fromNs } = reading;
    if (problem !== undefined)
      return `the final ledger of ${skuName(skuId)} could not be read: ${problem}`;
    if (counts === undefined)
      return `the final ledger of ${skuName(skuId)} breaks off before its end`;
    if (fromNs < lastNs && merged?.isReadLast !== true) {
      return `the final ledger of ${skuName(skuId)} was read before the last call was answered`;
    }
  }
  return undefined;
}

/** Kinds of which each SKU has exactly one row. Their names are singular. */
const ONE_PER_SKU = new Set<LedgerRowKind>(['inventory', 'backlog', 'hot_stock']);

const verbOf = (kind: LedgerRowKind): string => (ONE_PER_SKU.has(kind) ? 'is' : 'are');

/** The fault of one kind of row, as the rest of a sentence that begins with the kind's name. */
function whyNotWhole(
  kind: LedgerRowKind,
  ledger: FinalLedger,
  { sale, books }: Evidence,
): string | undefined {
  const rows = ledger[LIST_OF_KIND[kind]];
  const announced = books === undefined ? undefined : announcedRows(kind, books);
  if (announced !== undefined && announced !== rows.length) {
    return `${verbOf(kind)} not whole: the target sent ${count(announced, 'row')}, ${rows.length} are recorded`;
  }
  if (ONE_PER_SKU.has(kind)) {
    const bySku = groupBy(rows as LedgerEntry[], ({ skuId }) => skuId);
    for (const { skuId } of sale.skus) {
      const ofSku = bySku.get(skuId)?.length ?? 0;
      if (ofSku !== 1)
        return `${verbOf(kind)} not whole: ${skuName(skuId)} has ${count(ofSku, 'row')} instead of one`;
    }
  }
  const repeated = firstRepeated(kind, ledger, sale.shop !== undefined);
  if (repeated !== undefined) return `${verbOf(kind)} doubled: ${repeated} is there twice`;
  if (sale.shop !== undefined) return undefined;
  const empty = findEmptyColumn(kind, rows as LedgerEntry[]);
  return empty === undefined ? undefined : `${verbOf(kind)} not whole: a row has no ${empty}`;
}

/** The number of rows of a kind that the target says it sent. */
function announcedRows(kind: LedgerRowKind, books: BooksReading[]): number {
  return books.reduce((sum, { counts }) => sum + (counts?.[kind] ?? 0), 0);
}

/**
 * The first row whose id another row has. Deliveries and payments are left out: an event handled twice and an order paid
 * twice are faults of a server, and checks look for them. So are two movements of one number that are not the same.
 *
 * @param givesAgain true for a shop that may give a name to several things: only rows that are the same in everything are one
 */
function firstRepeated(
  kind: LedgerRowKind,
  ledger: FinalLedger,
  givesAgain: boolean,
): string | undefined {
  const repeated = <Row extends LedgerEntry>(
    rows: Row[],
    idOf: (row: Row) => string | null,
  ): string | undefined => {
    if (!givesAgain) return repeatedIn(rows, idOf);
    const several = findNamesOfSeveral(rows.map(idOf));
    const alike = rows.filter((row) => several.has(idOf(row) ?? ''));
    const twice = repeatedIn(alike, (row) => JSON.stringify(copyOfRow(row)));
    return twice === undefined ? undefined : (idOf(JSON.parse(twice)) ?? undefined);
  };
  switch (kind) {
    case 'reservation':
      return repeated(ledger.reservations, (row) => row.reservationId);
    case 'order':
      return repeated(ledger.orders, (row) => row.orderId);
    case 'voucher':
      return repeated(ledger.vouchers, (row) => row.voucherId);
    case 'ticket':
      return repeated(ledger.tickets, (row) => row.ticketId);
    case 'movement':
      return repeatedIn(
        ofRepeatedNumbers(ledger.movements),
        (row) =>
          `movement ${row.sequence} of ${skuName(row.skuId)}, ${row.kind} of ${row.reservationId}`,
      );
  }
}

/** The movements whose number another movement of the SKU has. Few are left, and only for them names have to be compared. */
function ofRepeatedNumbers(movements: LedgerMovement[]): LedgerMovement[] {
  const seen = new Map<string, Set<number>>();
  const repeated = new Map<string, Set<number>>();
  for (const { skuId, sequence } of movements) {
    const numbers = seen.get(skuId);
    if (numbers === undefined) seen.set(skuId, new Set([sequence]));
    else if (!numbers.has(sequence)) numbers.add(sequence);
    else repeated.set(skuId, (repeated.get(skuId) ?? new Set()).add(sequence));
  }
  return movements.filter(({ skuId, sequence }) => repeated.get(skuId)?.has(sequence));
}

function repeatedIn<Row>(rows: Row[], idOf: (row: Row) => string | null): string | undefined {
  const seen = new Set<string>();
  for (const row of rows) {
    const id = idOf(row);
    if (id === null) continue;
    if (seen.has(id)) return id;
    seen.add(id);
  }
  return undefined;
}

/** A cancellation is among them if units came back: it changes no stock if the order was unpaid and its hold had ended. */
const CHANGES_STOCK = new Set(['reserve', 'confirm', 'release', 'register', 'buy']);

function gapsOfSequences(evidence: Evidence): Gap[] {
  if (!isPromised('sequences', evidence)) return [];
  const { isRepeated } = findWishes(evidence);
  const cameBack = lazy(() => ordersThatCameBack(evidence));
  const changesStock = ({ kind, order = '', sequence }: Operation): boolean =>
    kind === 'cancel' ? sequence !== undefined || cameBack().has(order) : CHANGES_STOCK.has(kind);
  // A server that died before it stored its answer to a key answers the repeated call by the effect, without its number.
  const changes = eventfulCalls(evidence.operations).filter(
    (call) => call.outcome === 'ok' && changesStock(call) && !isRepeated(call),
  );
  const without = changes.filter(({ sequence }) => sequence === undefined).length;
  if (without === 0) return [];
  const what = `${without} of ${count(changes.length, 'yes', 'yeses')} to calls that change stock carry no sequence number`;
  return [{ kind: 'sequences', what }];
}

/** The ids of the orders whose units came back after they were sold. */
function ordersThatCameBack({ ledger }: Evidence): Set<string | null> {
  const returned = new Set<string | null>();
  for (const { kind, reservationId } of ledger?.movements ?? []) {
    if (kind === 'RETURNED') returned.add(reservationId);
  }
  const orders = (ledger?.orders ?? []).filter((order) => returned.has(order.reservationId));
  return new Set(orders.map(({ orderId }) => orderId));
}

/** The names that each yes of our own server carries, in the request or in the answer. */
const NAMES_TOLD: Partial<
  Record<OperationKind, readonly ('buyer' | 'hold' | 'order' | 'voucher')[]>
> = {
  reserve: ['buyer', 'hold'],
  confirm: ['buyer', 'hold', 'order'],
  buy: ['buyer', 'hold', 'order'],
  register: ['buyer', 'hold', 'order', 'voucher'],
  release: ['buyer', 'hold'],
  cancel: ['buyer', 'order'],
  redeem: ['buyer', 'voucher'],
  attempt: ['buyer'],
};

function gapsOfNames(evidence: Evidence): Gap[] {
  if (!isPromised('names', evidence)) return [];
  const without = new Map<string, number>();
  for (const call of eventfulCalls(evidence.operations)) {
    if (call.outcome !== 'ok') continue;
    for (const name of NAMES_TOLD[call.kind] ?? []) {
      if (call[name] !== undefined) continue;
      const what = `a yes to ${call.kind} carries no ${name}`;
      without.set(what, (without.get(what) ?? 0) + 1);
    }
  }
  return [...without].map(([what, calls]) => ({
    kind: 'names',
    what:
      calls === 1
        ? what
        : `${what}, and neither ${calls === 2 ? 'does another' : `do ${calls - 1} others`}`,
  }));
}

function gapsOfScrapes(evidence: Evidence): Gap[] {
  const { sale, scrapes = [], scrapesRecorded, operations, merged } = evidence;
  if (scrapesRecorded !== undefined && scrapesRecorded !== scrapes.length) {
    const what = `${count(scrapesRecorded, 'reading of metrics was', 'readings of metrics were')} taken, ${scrapes.length} are recorded`;
    return [{ kind: 'scrapes', what }];
  }
  const lastNs = lastEventNs(operations);
  return sale.evidence.scraped.flatMap((instance): Gap[] => {
    const ofInstance = scrapes.filter((scrape) => scrape.instance === instance);
    if (ofInstance.length === 0) {
      const what = `no reading of the metrics of ${instance} is recorded; the run must be able to reach /metrics there`;
      return [{ kind: 'scrapes', what }];
    }
    const last = ofInstance.filter(
      ({ startedAtNs }) => startedAtNs > lastNs || merged?.isReadLast === true,
    );
    if (last.length === 0) {
      const what = `the metrics of ${instance} were not read after the last answer; /metrics must answer there until the run is over`;
      return [{ kind: 'scrapes', what }];
    }
    if (sale.shop !== undefined) return [];
    const told = new Set(last.flatMap(({ samples }) => samples.flatMap(toldOversold)));
    const untold = sale.skus.find(({ skuId }) => !told.has(skuId));
    if (untold === undefined) return [];
    const what = `${instance} did not tell ${OVERSOLD} of ${skuName(untold.skuId)} after the last answer`;
    return [{ kind: 'scrapes', what }];
  });
}

/** The gauge that each instance of our own server has of each SKU on sale, in every scrape. */
const OVERSOLD = 'flashsale_oversold_units';

const toldOversold = ({
  name,
  labels,
}: {
  name: string;
  labels: Record<string, string>;
}): string[] => (name === OVERSOLD && labels.sku !== undefined ? [labels.sku] : []);

/** Rows without which the rest of a ledger cannot be understood. */
const BACKBONE: readonly LedgerRowKind[] = ['inventory', 'reservation', 'order', 'movement'];

/**
 * The evidence without everything that has a gap: half a list looks as if the server had lost the other half. Its manifest
 * promises only what is there.
 */
export const withoutGaps = memoized((evidence: Evidence): Evidence => {
  const gaps = new Set(findGaps(evidence).map(({ kind }) => kind));
  if (gaps.size === 0) return evidence;
  const { sale, ledger, scrapes } = evidence;
  const isUnreadable = BACKBONE.some((kind) => gaps.has(kind));
  const kinds = isUnreadable ? [] : sale.evidence.ledger.filter((kind) => !gaps.has(kind));
  return {
    ...evidence,
    sale: {
      ...sale,
      evidence: {
        ...sale.evidence,
        ledger: kinds,
        sequences: sale.evidence.sequences && !gaps.has('sequences'),
        scraped: gaps.has('scrapes') ? [] : sale.evidence.scraped,
        generator: sale.evidence.generator && !gaps.has('generator'),
      },
    },
    ledger: ledger === undefined || kinds.length === 0 ? undefined : onlyKinds(ledger, kinds),
    scrapes: gaps.has('scrapes') ? undefined : scrapes,
  };
});

function onlyKinds(ledger: FinalLedger, kinds: LedgerRowKind[]): FinalLedger {
  const kept = { ...ledger };
  for (const [kind, list] of Object.entries(LIST_OF_KIND) as [LedgerRowKind, keyof FinalLedger][]) {
    if (!kinds.includes(kind)) kept[list] = [];
  }
  return kept;
}
