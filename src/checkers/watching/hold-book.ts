import type { Operation, SaleFacts } from '../../history/operation.ts';
import { createSeenNames } from '../../kernel/seen-names.ts';
import { shortestTtlNs } from '../reading/hold-ttl.ts';
import { createLapses } from './lapses.ts';

/** A hold as it is known while the load runs. */
export interface WatchedHold {
  readonly sku: string;
  readonly buyer: string | undefined;
  readonly quantity: number;
  readonly kind: Operation['kind'];
  /** True if its answer told the hold's id. */
  readonly hasId: boolean;
  /** From this moment on it may have lapsed; `Infinity` once it is sold. */
  lapsesAtNs: number;
  isSold: boolean;
  /** Cancellations and returns that are under way or done, and the first moment of them. */
  endings: number;
  endedAtNs: number;
  /** True while its units are surely its buyer's. */
  stands: boolean;
}

/** The holds that stand, and those that did, by their names. */
export interface HoldBook {
  /** The latest moment that was heard of. Holds that may have lapsed by then do not stand any more. */
  nowNs(): number;
  arrive(atNs: number): void;
  add(hold: WatchedHold, names: string[]): void;
  /** Lets a hold stand that may, from now on. */
  stand(hold: WatchedHold): void;
  leave(hold: WatchedHold): void;
  /** Leaves a hold out for good: it may have ended before everything that is known of it. */
  drop(hold: WatchedHold): void;
  /** Gives a hold one name more. A name that another hold has means neither: nobody knows which of them a later call ends. */
  name(hold: WatchedHold, name: string): void;
  named(names: string[]): WatchedHold[];
  /** True for a name that a call has mentioned before; seldom for one that no call has. */
  isMentioned(name: string): boolean;
  mention(name: string): void;
  ofSku(sku: string): { units: number; holds: ReadonlySet<WatchedHold> } | undefined;
  ofBuyer(buyer: string | undefined): Iterable<WatchedHold>;
  /** Leaves everything out from now on. */
  giveUp(): void;
  isGivenUp(): boolean;
}

/** More holds than these are not followed, so that a big sale costs no memory; it is judged at its end. */
export const STANDING_MAX = 200_000;
/** Holds that stand no more are remembered by their names, the last of them. */
const PAST_MAX = 50_000;

/** @param onStand is called with every hold that begins to stand */
export function createHoldBook(sale: SaleFacts, onStand: (hold: WatchedHold) => void): HoldBook {
  const bySku = new Map(
    sale.skus.map(({ skuId }) => [skuId, { units: 0, holds: new Set<WatchedHold>() }]),
  );
  const byBuyer = new Map<string, Set<WatchedHold>>();
  const names = createNames();
  const past: WatchedHold[] = [];
  const lapses = createLapses<WatchedHold>(shortestTtlNs(sale), (hold) => {
    if (!hold.isSold) leave(hold);
  });
  let latestNs = 0;
  let standing = 0;
  let isOver = false;

  function stand(hold: WatchedHold): void {
    const book = bySku.get(hold.sku);
    const mayNot = hold.stands || hold.endings > 0 || lapses.isDue(hold.lapsesAtNs);
    if (book === undefined || mayNot) return;
    hold.stands = true;
    standing++;
    book.units += hold.quantity;
    book.holds.add(hold);
    if (hold.buyer !== undefined) {
      const theirs = byBuyer.get(hold.buyer);
      if (theirs === undefined) byBuyer.set(hold.buyer, new Set([hold]));
      else theirs.add(hold);
    }
    if (standing > STANDING_MAX) giveUp();
    else onStand(hold);
  }

  function leave(hold: WatchedHold): void {
    if (!hold.stands) return;
    hold.stands = false;
    standing--;
    const book = bySku.get(hold.sku);
    if (book !== undefined) {
      book.units -= hold.quantity;
      book.holds.delete(hold);
    }
    if (hold.buyer !== undefined) {
      const theirs = byBuyer.get(hold.buyer);
      theirs?.delete(hold);
      if (theirs?.size === 0) byBuyer.delete(hold.buyer);
    }
    remember(hold);
  }

  function remember(hold: WatchedHold): void {
    past.push(hold);
    if (past.length < 2 * PAST_MAX) return;
    for (const old of past.splice(0, PAST_MAX)) {
      if (old.stands) continue;
      // Without its names nobody knows any more what ends it.
      names.forget(old);
      old.endings = Number.POSITIVE_INFINITY;
    }
  }

  function drop(hold: WatchedHold): void {
    hold.endings = Number.POSITIVE_INFINITY;
    hold.endedAtNs = Number.NEGATIVE_INFINITY;
    leave(hold);
  }

  function name(hold: WatchedHold, text: string): void {
    const other = names.give(hold, text);
    if (other === undefined) return;
    drop(other);
    drop(hold);
  }

  function giveUp(): void {
    isOver = true;
    for (const { holds } of bySku.values()) {
      for (const hold of holds) hold.endedAtNs = Number.NEGATIVE_INFINITY;
    }
    bySku.clear();
    byBuyer.clear();
    names.clear();
    lapses.clear();
    past.length = 0;
  }

  return {
    nowNs: () => latestNs,
    arrive(atNs) {
      if (atNs > latestNs) latestNs = atNs;
      lapses.until(latestNs);
    },
    add(hold, itsNames) {
      for (const text of itsNames) name(hold, text);
      if (Number.isFinite(hold.lapsesAtNs)) lapses.add(hold, hold.lapsesAtNs);
      stand(hold);
      // One that does not stand may still be checked out.
      if (!hold.stands && !isOver) remember(hold);
    },
    ...{ stand, leave, drop, name, giveUp },
    named: names.find,
    isMentioned: names.isMentioned,
    mention: names.mention,
    ofSku: (sku) => bySku.get(sku),
    ofBuyer: (buyer) => (buyer === undefined ? [] : (byBuyer.get(buyer) ?? [])),
    isGivenUp: () => isOver,
  };
}

/** The names of holds: their ids and those of their orders. */
function createNames() {
  const holdOf = new Map<string, WatchedHold>();
  const namesOf = new Map<WatchedHold, string[]>();
  const mentioned = createSeenNames();
  return {
    isMentioned: mentioned.has,
    mention: mentioned.add,
    /** Answers with the hold that has the name already. */
    give(hold: WatchedHold, name: string): WatchedHold | undefined {
      mentioned.add(name);
      const other = holdOf.get(name);
      if (other === hold) return undefined;
      if (other !== undefined) return other;
      holdOf.set(name, hold);
      const names = namesOf.get(hold);
      if (names === undefined) namesOf.set(hold, [name]);
      else names.push(name);
      return undefined;
    },
    find: (names: string[]): WatchedHold[] => names.flatMap((name) => holdOf.get(name) ?? []),
    forget(hold: WatchedHold): void {
      for (const name of namesOf.get(hold) ?? []) holdOf.delete(name);
      namesOf.delete(hold);
    },
    clear(): void {
      holdOf.clear();
      namesOf.clear();
    },
  };
}
