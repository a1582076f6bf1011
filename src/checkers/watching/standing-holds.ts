import type { CallEvent } from '../../history/call-watch.ts';
import type { Operation, SaleFacts } from '../../history/operation.ts';
import { shortestTtlNs } from '../reading/hold-ttl.ts';
import { createAttempts } from './attempts.ts';
import {
  createHoldBook,
  type HoldBook,
  ROOM,
  type Room,
  stands,
  type WatchedHold,
} from './hold-book.ts';

type Taken = Pick<Extract<CallEvent, { type: 'answered' }>, 'call' | 'wishedAtNs' | 'wasGranted'>;

export interface StandingHolds extends Pick<HoldBook, 'nowNs' | 'ofSku' | 'ofBuyer'> {
  hear(event: CallEvent): void;
}

/**
 * Follows the holds that buyers surely have. A hold stands from its yes until the first moment at which it may have ended:
 * a cancellation or a return was sent, or it may have lapsed; a checkout that was answered yes makes it last. That of an
 * attempt stands from the moment at which its buyer was told that it has succeeded. Every doubt
 * counts for the shop, so that what stands here was surely there by the whole history as well: names that come a second
 * time, calls that name nothing, and calls that name what nobody was told of leave out whatever they may be about.
 *
 * @param onStand is called with every hold that begins to stand
 */
export function createStandingHolds(
  sale: SaleFacts,
  onStand: (hold: WatchedHold) => void,
  room = ROOM,
): StandingHolds {
  const book = createHoldBook(sale, onStand, room);
  const take = createTaking(sale, book);
  const checkouts = createCheckouts(book, room);
  const endings = createEndings(book, checkouts);
  const attempts = createAttempts(sale, room.standingMax);
  return {
    hear(event) {
      if (book.isGivenUp()) return;
      const { call, type } = event;
      const isCheckout = call.kind === 'confirm';
      if (type === 'decided') {
        const attempt = attempts.succeed(call);
        if (attempt === undefined) return;
        const { invokedAtNs: wishedAtNs } = attempt;
        const told = { ...attempt, completedAtNs: call.completedAtNs };
        const hold = take({ call: told, wishedAtNs, wasGranted: false });
        if (hold !== undefined) checkouts.follow(hold);
        return;
      }
      attempts.take(call);
      if (type === 'called') {
        if (isCheckout) checkouts.begin(call);
        else {
          attempts.end(call);
          endings.begin(call);
        }
      } else if (isCheckout) checkouts.finish(call);
      else if (call.kind === 'release' || call.kind === 'cancel') endings.finish(call);
      else if (call.outcome === 'ok' && TAKES_AT_ONCE.has(call.kind)) {
        const hold = endings.mayHaveEnded(call) ? undefined : take(event);
        if (hold !== undefined) checkouts.follow(hold);
      }
    },
    nowNs: book.nowNs,
    ofSku: book.ofSku,
    ofBuyer: book.ofBuyer,
  };
}

/** An attempt is decided later. */
const TAKES_AT_ONCE: ReadonlySet<Operation['kind']> = new Set(['reserve', 'buy', 'register']);

/** Adds the hold of a call that was answered yes; answers with it, or with nothing if it may be one that is known. */
function createTaking(sale: SaleFacts, book: HoldBook) {
  const ttlNs = shortestTtlNs(sale);
  let hasRegistrations = false;

  /** True when a registration may have bought what the same buyer had reserved: then both are one. */
  function mayBeBought({ kind, sku, buyer, hold }: Operation): boolean {
    hasRegistrations ||= kind === 'register';
    if (!hasRegistrations || kind === 'buy') return false;
    if (buyer === undefined) return true;
    for (const other of book.ofBuyer(buyer)) {
      const isPair = (kind === 'register') !== (other.kind === 'register');
      if (other.sku === sku && isPair && !(hold !== undefined && other.id !== undefined))
        return true;
    }
    return false;
  }

  return ({ call, wishedAtNs, wasGranted }: Taken): WatchedHold | undefined => {
    const { kind, sku, buyer, quantity, completedAtNs } = call;
    const isKnown = book.mention(call);
    if (sku === undefined || book.ofSku(sku) === undefined) return undefined;
    if (wasGranted || isKnown || mayBeBought(call)) return undefined;
    const isSold = kind !== 'reserve';
    const hold: WatchedHold = {
      sku,
      buyer,
      quantity,
      kind,
      id: call.hold,
      newId: undefined,
      order: call.order,
      lapsesAtNs: isSold ? Number.POSITIVE_INFINITY : wishedAtNs + ttlNs,
      isSold,
      endings: 0,
      endedAtNs: Number.POSITIVE_INFINITY,
      place: -1,
      before: undefined,
      after: undefined,
    };
    book.arrive(completedAtNs);
    book.add(hold);
    return hold;
  };
}

/** Checkouts, and the holds that may have names which nobody was told of. */
function createCheckouts(book: HoldBook, { standingMax }: Room) {
  const withoutOrder = new Set<WatchedHold>();
  const withoutId = new Set<WatchedHold>();

  function add(hold: WatchedHold, holds: Set<WatchedHold>): void {
    holds.add(hold);
    if (holds.size < 2 * standingMax) return;
    for (const old of holds) {
      if (stands(old)) continue;
      book.drop(old);
      holds.delete(old);
    }
  }

  function dropAll(holds: Set<WatchedHold>): void {
    for (const hold of holds) book.drop(hold);
    holds.clear();
  }

  return {
    follow(hold: WatchedHold): void {
      if (hold.id === undefined) add(hold, withoutId);
      if (hold.isSold && hold.order === undefined) add(hold, withoutOrder);
    },
    begin(call: Operation): void {
      if (isNameless(call)) for (const hold of book.ofBuyer(call.buyer)) add(hold, withoutOrder);
      const hold = book.named(call);
      if (hold !== undefined) add(hold, withoutOrder);
    },
    finish(call: Operation): void {
      const hold = book.named(call);
      if (hold === undefined || call.outcome !== 'ok') return;
      const { order, newHold, completedAtNs } = call;
      book.mention({ hold: newHold, order });
      book.name(hold, { hold: newHold, order });
      hold.newId ??= newHold;
      hold.order ??= order;
      if (order !== undefined) withoutOrder.delete(hold);
      hold.isSold = true;
      hold.lapsesAtNs = Number.POSITIVE_INFINITY;
      book.arrive(completedAtNs);
      // One that had lapsed was taken again, and stands from this answer on.
      book.stand(hold);
    },
    /** Something was ended by a name that no buyer was told of: each hold that may have that name may be it. */
    endUnknown({ hold, order }: Operation): void {
      if (order !== undefined) dropAll(withoutOrder);
      if (hold !== undefined) dropAll(withoutId);
    },
  };
}

/** Cancellations and returns. */
function createEndings(book: HoldBook, checkouts: ReturnType<typeof createCheckouts>) {
  const endedBy = new Map<number, WatchedHold>();
  /** Buyers who ended something without a name. Each hold of theirs may be it. */
  const nameless = new Set<string>();

  function endNameless({ buyer }: Operation): void {
    if (buyer === undefined) {
      book.giveUp();
      return;
    }
    nameless.add(buyer);
    for (const hold of book.ofBuyer(buyer)) book.drop(hold);
  }

  return {
    mayHaveEnded: ({ buyer }: Operation): boolean => buyer !== undefined && nameless.has(buyer),
    begin(call: Operation): void {
      if (isNameless(call)) {
        endNameless(call);
        return;
      }
      const { id, order, invokedAtNs } = call;
      const meant = book.named(call);
      if (meant === undefined) {
        book.mention(call);
        checkouts.endUnknown(call);
        return;
      }
      const other = book.named({ order });
      if (other !== undefined && other !== meant) book.drop(other);
      meant.endings++;
      meant.endedAtNs = Math.min(meant.endedAtNs, invokedAtNs);
      book.leave(meant);
      endedBy.set(id, meant);
    },
    finish({ id, outcome }: Operation): void {
      const meant = endedBy.get(id);
      endedBy.delete(id);
      if (meant === undefined || outcome !== 'fail') return;
      meant.endings--;
      if (meant.endings > 0) return;
      meant.endedAtNs = Number.POSITIVE_INFINITY;
      book.stand(meant);
    },
  };
}

const isNameless = ({ hold, order }: Operation): boolean =>
  hold === undefined && order === undefined;
