import type { MergedClocks } from '../checkers/evidence.ts';
import type { Fault } from '../history/fault.ts';
import { copyOf, lastEventNs, type Operation } from '../history/operation.ts';
import type { RecordedHistory } from '../history/parser.ts';
import type { RecordedPhase } from '../history/recorded-phase.ts';
import { countWhere } from '../kernel/count-where.ts';
import { largest } from '../kernel/extremes.ts';
import { count } from '../kernel/wording.ts';
import type { MetricsScrape } from '../metrics/scrape.ts';
import { type AlignedClock, type AlignedClocks, alignClocks } from './align-clocks.ts';
import type { NamedHistory } from './named-history.ts';
import { assertOneSale } from './one-sale.ts';

/** Several histories as one. */
export interface MergedHistory extends RecordedHistory {
  merged: MergedClocks;
  /** The earliest moment at which all histories may have been over, in nanoseconds on the one clock. */
  endedNs: number;
}

/**
 * Makes one history of several that were recorded by load generators of one sale, each for its own buyers. Their clocks are
 * aligned as far as the numbers of stock movements allow, and each call is made as long as its time is unsure. Ledger, books,
 * scrapes and assertions are those of the history that was read last.
 *
 * @throws UserError (usage) when they are not of one sale, one is there twice, or one of them is missing or cut off
 */
export function mergeHistories(named: NamedHistory[]): MergedHistory {
  assertOneSale(named);
  const histories = named.map(({ history }) => history);
  const leader = findLeader(histories);
  const { sale, ledger, books, scrapes, scrapesRecorded, invariants } = histories[
    leader
  ] as RecordedHistory;
  const aligned = alignToOne(histories, leader, ledger);
  const clocks = notBeforeZero(aligned.clocks, histories);
  const clock = clocks[leader] as AlignedClock;

  const calls = histories.flatMap(({ operations }, place) =>
    operations.map((call) => ({ call, clock: clocks[place] as AlignedClock })),
  );
  const operations = inOrder(
    calls.map(({ call, clock: { earliest, latest } }) => timed(call, earliest, latest)),
  );
  const likely =
    ({ offsetNs }: AlignedClock) =>
    (atNs: number) =>
      atNs + offsetNs;
  const asLikely = inOrder(
    calls.map(({ call, clock: own }) => timed(call, likely(own), likely(own))),
  );
  const generators = histories.map(({ generator }) => generator);
  const { part: _, ...facts } = sale;
  const kept = certainScrapes(scrapes ?? [], clock, operations);
  return {
    sale: { ...facts, startedAtNs: sale.startedAtNs + clock.offsetNs },
    operations,
    ledger,
    books: books.map((reading) => ({
      ...reading,
      fromNs: clock.earliest(reading.fromNs),
      toNs: clock.latest(reading.toNs),
    })),
    scrapes: kept.length > 0 ? kept : undefined,
    // Scrapes that were left out on purpose are not missing.
    scrapesRecorded:
      scrapesRecorded === undefined || scrapesRecorded !== scrapes?.length
        ? scrapesRecorded
        : kept.length,
    generator: generators.includes(undefined)
      ? undefined
      : {
          saturated: generators.some((each) => each?.saturated),
          reasons: generators.flatMap((each, place) =>
            (each?.reasons ?? []).map((reason) => `${named[place]?.path}: ${reason}`),
          ),
        },
    invariants,
    faults: mergeFaults(histories, clocks),
    phases: mergePhases(histories, clocks),
    truncated: false,
    endedNs: Math.max(
      ...histories.map((history, place) =>
        (clocks[place] as AlignedClock).earliest(endOf(history)),
      ),
    ),
    merged: { asLikely, ...describeClocks(named, aligned, leader) },
  };
}

/** A history with so many times the numbers of the leader keeps its own time. */
const RICHER = 2;

/**
 * Aligns all clocks to one. The times of ledger and scrapes are the leader's, so it is the leader's clock, unless another history
 * was told far more numbers of stock movements: the clocks of the others follow from those more closely.
 */
function alignToOne(
  histories: RecordedHistory[],
  leader: number,
  ledger: RecordedHistory['ledger'],
): AlignedClocks {
  const numbered = histories.map(({ operations }) =>
    countWhere(operations, ({ sequence }) => sequence !== undefined),
  );
  const richest = numbered.indexOf(largest(numbered));
  if ((numbered[richest] as number) >= RICHER * (numbered[leader] as number)) {
    const aligned = alignClocks(histories, richest, ledger);
    if (aligned.clocks[leader]?.isBound) return aligned;
  }
  return alignClocks(histories, leader, ledger);
}

/** A happening on the one clock: at its likeliest time, and as long as it was. */
function atLikeliest<Happening extends { atNs: number; untilNs?: number | undefined }>(
  happening: Happening,
  { offsetNs }: AlignedClock,
): Happening {
  const { atNs, untilNs } = happening;
  return {
    ...happening,
    atNs: atNs + offsetNs,
    ...(untilNs !== undefined && { untilNs: untilNs + offsetNs }),
  };
}

function mergeFaults(histories: RecordedHistory[], clocks: AlignedClock[]): Fault[] {
  return histories
    .flatMap(({ faults = [] }, place) =>
      faults.map((fault) => atLikeliest(fault, clocks[place] as AlignedClock)),
    )
    .sort((a, b) => a.atNs - b.atNs);
}

/** The parts of one plan have the same phases. Each lasts from its first beginning to its last end. */
function mergePhases(histories: RecordedHistory[], clocks: AlignedClock[]): RecordedPhase[] {
  const merged = new Map<string, RecordedPhase>();
  for (const [place, { phases = [] }] of histories.entries()) {
    const times = new Map<string, number>();
    for (const recorded of phases) {
      const phase = atLikeliest(recorded, clocks[place] as AlignedClock);
      const name = JSON.stringify([phase.scenario, phase.stage]);
      // A plan may have the same stage twice.
      const time = (times.get(name) ?? 0) + 1;
      times.set(name, time);
      const key = `${time} ${name}`;
      const before = merged.get(key);
      merged.set(key, before === undefined ? phase : unite(before, phase));
    }
  }
  return [...merged.values()].sort((a, b) => a.atNs - b.atNs);
}

const unite = (a: RecordedPhase, b: RecordedPhase): RecordedPhase => ({
  ...a,
  atNs: Math.min(a.atNs, b.atNs),
  untilNs:
    a.untilNs === undefined || b.untilNs === undefined ? undefined : Math.max(a.untilNs, b.untilNs),
});

const timed = (
  call: Operation,
  earliest: (atNs: number) => number,
  latest: (atNs: number) => number,
): Operation => ({
  ...copyOf(call),
  invokedAtNs: earliest(call.invokedAtNs),
  completedAtNs: call.outcome === 'info' ? call.completedAtNs : latest(call.completedAtNs),
});

/** Orders calls by the moments at which they begin, and numbers them so. */
function inOrder(calls: Operation[]): Operation[] {
  calls.sort((a, b) => a.invokedAtNs - b.invokedAtNs);
  for (const [place, call] of calls.entries()) call.id = place + 1;
  return calls;
}

/** The moment of the last call or answer, on the history's own clock. */
const endOf = ({ sale, operations }: RecordedHistory): number =>
  Math.max(sale.startedAtNs, lastEventNs(operations));

/** The same clocks, all put forward so far that no call is before zero, as in any history. */
function notBeforeZero(clocks: AlignedClock[], histories: RecordedHistory[]): AlignedClock[] {
  const firstNs = histories.map(({ sale, operations }, place) =>
    (clocks[place] as AlignedClock).earliest(
      Math.min(sale.startedAtNs, operations[0]?.invokedAtNs ?? sale.startedAtNs),
    ),
  );
  const byNs = Math.max(0, -Math.floor(Math.min(...firstNs)));
  return clocks.map(({ offsetNs, earliest, latest, ...clock }) => ({
    ...clock,
    offsetNs: offsetNs + byNs,
    earliest: (atNs) => earliest(atNs) + byNs,
    latest: (atNs) => latest(atNs) + byNs,
  }));
}

/**
 * The place of the history whose reading of the books is whole and, by its wall clock, the latest; without books, that of the
 * latest scrape.
 */
function findLeader(histories: RecordedHistory[]): number {
  const ranks = histories.map(({ sale, books, scrapes = [] }) => {
    const wallMs = (atNs: number): number => sale.startedAtMs + (atNs - sale.startedAtNs) / 1e6;
    const counted = new Set(books.flatMap(({ skuId, counts }) => (counts ? [skuId] : [])));
    const isWhole = sale.skus.every(({ skuId }) => counted.has(skuId));
    return [
      isWhole ? 2 : Math.min(1, books.length),
      largest(books.map(({ fromNs }) => wallMs(fromNs))),
      wallMs(scrapes.at(-1)?.startedAtNs ?? Number.NEGATIVE_INFINITY),
    ];
  });
  let leader = 0;
  for (const place of ranks.keys()) {
    if (compare(ranks[place] as number[], ranks[leader] as number[]) > 0) leader = place;
  }
  return leader;
}

function compare(a: number[], b: number[]): number {
  const place = a.findIndex((rank, at) => rank !== b[at]);
  return place < 0 ? 0 : (a[place] as number) - (b[place] as number);
}

/**
 * Scrapes on the one clock. Those at the beginning of which nobody can tell if they were before the first call are left out:
 * the counters of such a scrape may have that call or not.
 */
function certainScrapes(
  scrapes: MetricsScrape[],
  { earliest, latest }: AlignedClock,
  operations: Operation[],
): MetricsScrape[] {
  const firstCallNs = operations[0]?.invokedAtNs ?? Number.POSITIVE_INFINITY;
  return scrapes
    .map((scrape) => ({
      ...scrape,
      startedAtNs: earliest(scrape.startedAtNs),
      endedAtNs: latest(scrape.endedAtNs),
    }))
    .filter(({ startedAtNs, endedAtNs }) => startedAtNs > firstCallNs || endedAtNs <= firstCallNs);
}

/** Tells a reader what the clocks leave open. */
function describeClocks(
  named: NamedHistory[],
  { clocks, contradiction }: AlignedClocks,
  leader: number,
): Pick<MergedClocks, 'notes' | 'problem'> {
  const pathOf = (place: number): string => named[place]?.path ?? '';
  const widest = Math.max(...clocks.map(({ isBound, withinNs }) => (isBound ? withinNs : 0)));
  const unbound = clocks.flatMap(({ isBound }, place) => (isBound ? [] : [pathOf(place)]));
  const others = named.flatMap(({ history: { books, scrapes = [] }, path }, place) =>
    place !== leader && (books.length > 0 || scrapes.length > 0) ? [path] : [],
  );
  if (named.length === 1) return { notes: [] };
  const notes = [
    `it is the verdict over ${count(named.length, 'history', 'histories')}, whose clocks were aligned to ${(widest / 1e6).toFixed(1)} ms by the numbers of stock movements`,
  ];
  if (unbound.length > 0 && contradiction === undefined) {
    notes[0] = `it is the verdict over ${count(named.length, 'history', 'histories')}`;
    notes.push(
      `no number of a stock movement tells when the calls of ${unbound.join(', ')} were made, so no order between them and those of the others was used`,
    );
  }
  if (others.length > 0) {
    notes.push(
      `ledger and metrics are those of ${pathOf(leader)}; what ${others.join(', ')} read of them was left out`,
    );
  }
  if (contradiction === undefined) return { notes };
  const [first, second] = contradiction.map(pathOf);
  return {
    notes: [],
    problem: `no difference between the clocks of ${first} and ${second} explains the numbers of stock movements that both were told`,
  };
}
