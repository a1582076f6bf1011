import type { Operation, SaleFacts } from '../../history/operation.ts';
import { createSeenNames } from '../../kernel/seen-names.ts';
import { shortestTtlNs } from '../reading/hold-ttl.ts';
import { createLapses } from './lapses.ts';

/** A hold as it is known while the load runs. A sale may have a hundred thousand, so it is one flat object. */
export interface WatchedHold {
  readonly sku: string;
  readonly buyer: string | undefined;
  readonly quantity: number;
  readonly kind: Operation['kind'];
  /** Its id, that of the hold which a late checkout made instead, and its order's, as far as buyers were told. */
  id: string | undefined;
  newId: string | undefined;
  order: string | undefined;
  /** From this moment on it may have lapsed; `Infinity` once it is sold. */
  lapsesAtNs: number;
  isSold: boolean;
  /** Cancellations and returns that are under way or done, and the first moment of them. */
  endings: number;
  endedAtNs: number;
  /** The place among the holds of its SKU that stand; -1 while its units are not surely its buyer's. */
  place: number;
  /** The neighbours among the holds of its buyer that stand. */
  before: WatchedHold | undefined;
  after: WatchedHold | undefined;
}

export const stands = ({ place }: WatchedHold): boolean => place >= 0;

type Named = Pick<Operation, 'hold' | 'order'>;

/** The holds that stand, and those that did, by their names. */
export interface HoldBook {
  /** The latest moment that was heard of. Holds that may have lapsed by then do not stand any more. */
  nowNs(): number;
  arrive(atNs: number): void;
  /** Adds a hold, and lets it stand if it may. */
  add(hold: WatchedHold): void;
  stand(hold: WatchedHold): void;
  leave(hold: WatchedHold): void;
  /** Leaves a hold out for good: it may have ended before everything that is known of it. */
  drop(hold: WatchedHold): void;
  /** Gives a hold more names. A name that another hold has means neither: nobody knows which of them a later call ends. */
  name(hold: WatchedHold, names: Named): void;
  named(names: Named): WatchedHold | undefined;
  /** Notes names. Answers true if one of them was noted before, and seldom if none was. */
  mention(names: Named): boolean;
  ofSku(sku: string): { units: number; holds: readonly WatchedHold[] } | undefined;
  ofBuyer(buyer: string | undefined): WatchedHold[];
  /** Leaves everything out from now on. */
  giveUp(): void;
  isGivenUp(): boolean;
}

/** How many holds are followed, so that a big sale costs no memory; it is judged at its end. */
export interface Room {
  standingMax: number;
  /** Holds that stand no more are remembered by their names: the last of them, so many or up to twice as many. */
  pastMax: number;
}

export const ROOM: Room = { standingMax: 200_000, pastMax: 50_000 };

/** @param onStand is called with every hold that begins to stand */
export function createHoldBook(
  sale: SaleFacts,
  onStand: (hold: WatchedHold) => void,
  { standingMax, pastMax }: Room,
): HoldBook {
  const bySku = new Map(
    sale.skus.map(({ skuId }) => [skuId, { units: 0, holds: [] as WatchedHold[] }]),
  );
  const buyers = createBuyers();
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
    const mayNot = stands(hold) || hold.endings > 0 || lapses.isDue(hold.lapsesAtNs);
    if (book === undefined || mayNot) return;
    hold.place = book.holds.push(hold) - 1;
    book.units += hold.quantity;
    standing++;
    buyers.add(hold);
    if (standing > standingMax) giveUp();
    else onStand(hold);
  }

  function leave(hold: WatchedHold): void {
    const book = bySku.get(hold.sku);
    if (!stands(hold) || book === undefined) return;
    const last = book.holds.pop() as WatchedHold;
    if (last !== hold) {
      book.holds[hold.place] = last;
      last.place = hold.place;
    }
    hold.place = -1;
    book.units -= hold.quantity;
    standing--;
    buyers.remove(hold);
    remember(hold);
  }

  function remember(hold: WatchedHold): void {
    past.push(hold);
    if (past.length < 2 * pastMax) return;
    for (const old of past.splice(0, pastMax)) {
      if (stands(old)) continue;
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

  function name(hold: WatchedHold, given: Named): void {
    const other = names.give(hold, given);
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
    buyers.clear();
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
    add(hold) {
      name(hold, { hold: hold.id, order: hold.order });
      if (!hold.isSold) lapses.add(hold, hold.lapsesAtNs);
      stand(hold);
      // One that does not stand may still be checked out.
      if (!stands(hold)) remember(hold);
    },
    ...{ stand, leave, drop, name, giveUp },
    named: names.find,
    mention: names.mention,
    ofSku: (sku) => bySku.get(sku),
    ofBuyer: buyers.holdsOf,
    isGivenUp: () => isOver,
  };
}

/** The holds that stand by their buyers, as lists that cost nothing beside the holds themselves. */
function createBuyers() {
  const firstOf = new Map<string, WatchedHold>();
  return {
    add(hold: WatchedHold): void {
      if (hold.buyer === undefined) return;
      const first = firstOf.get(hold.buyer);
      hold.after = first;
      if (first !== undefined) first.before = hold;
      firstOf.set(hold.buyer, hold);
    },
    remove(hold: WatchedHold): void {
      const { buyer, before, after } = hold;
      if (buyer === undefined) return;
      if (after !== undefined) after.before = before;
      if (before !== undefined) before.after = after;
      else if (after !== undefined) firstOf.set(buyer, after);
      else firstOf.delete(buyer);
      hold.before = undefined;
      hold.after = undefined;
    },
    holdsOf(buyer: string | undefined): WatchedHold[] {
      const holds: WatchedHold[] = [];
      let hold = buyer === undefined ? undefined : firstOf.get(buyer);
      for (; hold !== undefined; hold = hold.after) holds.push(hold);
      return holds;
    },
    clear: () => firstOf.clear(),
  };
}

/** The names of holds: their ids and those of their orders. */
function createNames() {
  const byId = new Map<string, WatchedHold>();
  const byOrder = new Map<string, WatchedHold>();
  const [ids, orders] = [createSeenNames(), createSeenNames()];
  return {
    mention({ hold, order }: Named): boolean {
      const isKnownHold = hold !== undefined && ids.add(hold);
      const isKnownOrder = order !== undefined && orders.add(order);
      return isKnownHold || isKnownOrder;
    },
    /** Answers with a hold that has such a name already. */
    give(hold: WatchedHold, { hold: id, order }: Named): WatchedHold | undefined {
      const namesake = id === undefined ? undefined : byId.get(id);
      if (namesake !== undefined && namesake !== hold) return namesake;
      const ofOrder = order === undefined ? undefined : byOrder.get(order);
      if (ofOrder !== undefined && ofOrder !== hold) return ofOrder;
      if (id !== undefined) byId.set(id, hold);
      if (order !== undefined) byOrder.set(order, hold);
      return undefined;
    },
    find: ({ hold, order }: Named): WatchedHold | undefined =>
      (hold === undefined ? undefined : byId.get(hold)) ??
      (order === undefined ? undefined : byOrder.get(order)),
    forget({ id, newId, order }: WatchedHold): void {
      byId.delete(id ?? '');
      byId.delete(newId ?? '');
      byOrder.delete(order ?? '');
    },
    clear(): void {
      byId.clear();
      byOrder.clear();
    },
  };
}
