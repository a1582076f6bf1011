import type { CallEvent } from '../../history/call-watch.ts';
import type { Operation, SaleFacts } from '../../history/operation.ts';
import { createSeenNames } from '../../kernel/seen-names.ts';
import { shortestTtlNs } from '../reading/hold-ttl.ts';
import { createLapses } from './lapses.ts';

/** Units that buyers surely have now, as far as the answers tell. */
export interface StandingHold {
  readonly sku: string;
  readonly buyer: string | undefined;
  readonly quantity: number;
  readonly kind: Operation['kind'];
  /** True if its answer named a hold. */
  readonly isNamed: boolean;
  /** From this moment on it may have lapsed; `Infinity` once it is sold. */
  lapsesAtNs: number;
  isSold: boolean;
  /** Cancellations and returns that are under way or done, and the first moment of them. */
  endings: number;
  endedAtNs: number;
  /** True while it stands. */
  stands: boolean;
}

export interface StandingHolds {
  hear(event: CallEvent): void;
  /** The latest moment at which a buyer got to know of a hold. */
  nowNs(): number;
  ofSku(sku: string): { units: number; holds: ReadonlySet<StandingHold> } | undefined;
  ofBuyer(sku: string, buyer: string): StandingHold[];
}

/** More holds than these are not followed, so that a long or a big sale costs no memory; it is judged at its end. */
const STANDING_MAX = 200_000;
/** Holds that have ended and are remembered by their names. */
const PAST_MAX = 50_000;

type Answer = Extract<CallEvent, { type: 'answered' }>;

/**
 * Follows the holds that buyers surely have. A hold stands from its yes until the first moment at which it may have ended:
 * a cancellation or a return was sent, or it may have lapsed; a checkout that was answered yes makes it last. Every doubt
 * counts for the shop, so a hold that stands here is there by `surely` of the whole history as well: names that come a
 * second time, calls that name nothing, and calls that name what nobody was told of leave out whatever they may be about.
 *
 * @param onStand is called with every hold that begins to stand
 */
export function createStandingHolds(
  sale: SaleFacts,
  onStand: (hold: StandingHold) => void,
): StandingHolds {
  const ttlNs = shortestTtlNs(sale);
  const bySku = new Map(
    sale.skus.map(({ skuId }) => [skuId, { units: 0, holds: new Set<StandingHold>() }]),
  );
  const byBuyer = new Map<string, Set<StandingHold>>();
  const byName = new Map<string, StandingHold>();
  const namesOf = new Map<StandingHold, string[]>();
  const past: StandingHold[] = [];
  const seen = createSeenNames();
  const lapses = createLapses<StandingHold>(ttlNs, lapse);
  /** Buyers who ended something without a name: each hold of theirs may be it. */
  const nameless = new Set<string>();
  /** Holds that may have an order, or a hold's id, that nobody was told of. */
  const withoutOrder = new Set<StandingHold>();
  const withoutId = new Set<StandingHold>();
  const endedBy = new Map<number, StandingHold[]>();
  let latestNs = 0;
  let standing = 0;
  let hasRegistrations = false;
  let isGivenUp = false;

  function stand(hold: StandingHold): void {
    if (hold.stands || hold.endings > 0 || lapses.isDue(hold.lapsesAtNs)) return;
    const book = bySku.get(hold.sku);
    if (book === undefined) return;
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

  function leave(hold: StandingHold): void {
    if (!hold.stands) return;
    hold.stands = false;
    standing--;
    const book = bySku.get(hold.sku);
    if (book !== undefined) {
      book.units -= hold.quantity;
      book.holds.delete(hold);
    }
    const theirs = byBuyer.get(hold.buyer ?? '');
    theirs?.delete(hold);
    if (theirs?.size === 0) byBuyer.delete(hold.buyer ?? '');
    remember(hold);
  }

  function remember(hold: StandingHold): void {
    past.push(hold);
    if (past.length < 2 * PAST_MAX) return;
    for (const old of past.splice(0, PAST_MAX)) if (!old.stands) forget(old);
  }

  function lapse(hold: StandingHold): void {
    if (!hold.isSold) leave(hold);
  }

  /** Leaves a hold out for good: it may have ended before everything that is known of it. */
  function drop(hold: StandingHold): void {
    hold.endings = Number.POSITIVE_INFINITY;
    hold.endedAtNs = Number.NEGATIVE_INFINITY;
    leave(hold);
  }

  function dropAll(holds: Set<StandingHold>): void {
    for (const hold of holds) drop(hold);
    holds.clear();
  }

  /** Nobody knows any more what a later call ends, so the hold may not stand again. */
  function forget(hold: StandingHold): void {
    hold.endings = Number.POSITIVE_INFINITY;
    for (const name of namesOf.get(hold) ?? []) if (byName.get(name) === hold) byName.delete(name);
    namesOf.delete(hold);
    withoutOrder.delete(hold);
    withoutId.delete(hold);
  }

  function name(hold: StandingHold, text: string): void {
    seen.add(text);
    const other = byName.get(text);
    if (other === hold) return;
    if (other !== undefined) {
      // One order or hold that two buyers were told of: nobody knows which of them a later call ends.
      drop(other);
      drop(hold);
      return;
    }
    byName.set(text, hold);
    const names = namesOf.get(hold);
    if (names === undefined) namesOf.set(hold, [text]);
    else names.push(text);
  }

  function giveUp(): void {
    isGivenUp = true;
    for (const book of bySku.values()) {
      for (const hold of book.holds) hold.endedAtNs = Number.NEGATIVE_INFINITY;
    }
    for (const collection of [bySku, byBuyer, byName, namesOf, withoutOrder, withoutId, endedBy]) {
      collection.clear();
    }
    past.length = 0;
    lapses.clear();
  }

  const holdsNamedBy = (call: Operation): StandingHold[] =>
    namesIn(call).flatMap((text) => byName.get(text) ?? []);

  /** True when a registration may have bought what the same buyer had reserved: then both are one. */
  function mayBeBought({ kind, sku, buyer, hold }: Operation): boolean {
    hasRegistrations ||= kind === 'register';
    if (!hasRegistrations || kind === 'buy') return false;
    if (buyer === undefined) return true;
    for (const other of byBuyer.get(buyer) ?? []) {
      const isPair = (kind === 'register') !== (other.kind === 'register');
      if (other.sku === sku && isPair && !(hold !== undefined && other.isNamed)) return true;
    }
    return false;
  }

  function take({ call, wishedAtNs, wasGranted }: Answer): void {
    const { kind, sku, buyer, quantity, completedAtNs, order } = call;
    const names = namesIn(call);
    const isKnown = names.some((text) => seen.has(text));
    for (const text of names) seen.add(text);
    if (sku === undefined || !bySku.has(sku) || wasGranted || isKnown) return;
    if (buyer !== undefined && nameless.has(buyer)) return;
    if (mayBeBought(call)) return;
    arrive(completedAtNs);
    const isSold = kind !== 'reserve';
    const hold: StandingHold = {
      ...{ sku, buyer, quantity, kind, isSold },
      isNamed: call.hold !== undefined,
      lapsesAtNs: isSold ? Number.POSITIVE_INFINITY : wishedAtNs + ttlNs,
      endings: 0,
      endedAtNs: Number.POSITIVE_INFINITY,
      stands: false,
    };
    for (const text of names) name(hold, text);
    if (!hold.isNamed) withoutId.add(hold);
    if (isSold && order === undefined) withoutOrder.add(hold);
    if (!isSold) lapses.add(hold, hold.lapsesAtNs);
    stand(hold);
    // It may be checked out all the same.
    if (!hold.stands && !isGivenUp) remember(hold);
  }

  function arrive(atNs: number): void {
    if (atNs > latestNs) latestNs = atNs;
    lapses.until(latestNs);
  }

  function beginCheckout(call: Operation): void {
    const named = holdsNamedBy(call);
    const meant =
      namesIn(call).length > 0 || call.buyer === undefined ? named : byBuyer.get(call.buyer);
    for (const hold of meant ?? []) withoutOrder.add(hold);
  }

  function checkOut(call: Operation): void {
    const [hold] = holdsNamedBy(call);
    if (hold === undefined) return;
    const { order, newHold, completedAtNs } = call;
    if (!hold.isSold) {
      hold.isSold = true;
      arrive(completedAtNs);
      hold.lapsesAtNs = Number.POSITIVE_INFINITY;
    }
    for (const text of [nameOf('hold', newHold), nameOf('order', order)]) {
      if (text !== undefined) name(hold, text);
    }
    if (order !== undefined) withoutOrder.delete(hold);
    // One that had lapsed was taken again, and stands from this answer on.
    stand(hold);
  }

  function beginEnding(call: Operation): void {
    const names = namesIn(call);
    if (names.length === 0) {
      endNameless(call);
      return;
    }
    const meant = holdsNamedBy(call);
    if (meant.length === 0) {
      for (const text of names) seen.add(text);
      if (call.order !== undefined) dropAll(withoutOrder);
      if (call.hold !== undefined) dropAll(withoutId);
      return;
    }
    for (const hold of meant) {
      hold.endings++;
      hold.endedAtNs = Math.min(hold.endedAtNs, call.invokedAtNs);
      leave(hold);
    }
    endedBy.set(call.id, meant);
  }

  function endNameless({ buyer }: Operation): void {
    if (buyer === undefined) {
      giveUp();
      return;
    }
    nameless.add(buyer);
    for (const hold of [...(byBuyer.get(buyer) ?? [])]) drop(hold);
  }

  function finishEnding({ id, outcome }: Operation): void {
    const meant = endedBy.get(id);
    endedBy.delete(id);
    if (outcome !== 'fail') return;
    for (const hold of meant ?? []) {
      hold.endings--;
      if (hold.endings > 0) continue;
      hold.endedAtNs = Number.POSITIVE_INFINITY;
      stand(hold);
    }
  }

  return {
    hear(event) {
      if (isGivenUp) return;
      const { call } = event;
      if (event.type === 'called') {
        if (call.kind === 'confirm') beginCheckout(call);
        else beginEnding(call);
        return;
      }
      if (call.kind === 'confirm') {
        if (call.outcome === 'ok') checkOut(call);
      } else if (call.kind === 'release' || call.kind === 'cancel') finishEnding(call);
      else if (call.outcome === 'ok' && TAKES_AT_ONCE.has(call.kind)) take(event);
    },
    nowNs: () => latestNs,
    ofSku: (sku) => bySku.get(sku),
    ofBuyer: (sku, buyer) => [...(byBuyer.get(buyer) ?? [])].filter((hold) => hold.sku === sku),
  };
}

/** An attempt is decided later, and only the whole history tells by what. */
const TAKES_AT_ONCE: ReadonlySet<Operation['kind']> = new Set(['reserve', 'buy', 'register']);

const nameOf = (what: 'hold' | 'order', id: string | undefined): string | undefined =>
  id === undefined ? undefined : `${what} ${id}`;

const namesIn = ({ hold, order }: Operation): string[] =>
  [nameOf('hold', hold), nameOf('order', order)].flatMap((text) => text ?? []);
