import type { Clock } from '../kernel/clock.ts';
import { type Operation, takesStock } from './operation.ts';
import type { CompleteFacts, HistoryRecorder, InvokeFacts } from './operation-writer.ts';

/**
 * Something that a call of a sale shows while the load runs. Reads that tell of no success, and refusals that say nothing about an
 * earlier call, are left out: they are nearly all calls of a sale.
 */
export type CallEvent =
  /** A checkout, a cancellation or a return is under way: from now on it may have happened. */
  | { type: 'called'; call: Operation }
  /** A buyer was told that an attempt of theirs has succeeded, while no other call of theirs for units was under way. */
  | { type: 'decided'; call: Operation }
  /** A call got its answer, or will get none. */
  | {
      type: 'answered';
      call: Operation;
      /** The moment at which the wish of the call was first sent: that of an earlier call if it repeats a key. */
      wishedAtNs: number;
      /** True for a call that repeats an idempotency key. */
      isRepeated: boolean;
      /** True if another call with the same key was answered yes before. */
      wasGranted: boolean;
    };

/** A recorder whose calls somebody hears of. */
export interface WatchedRecorder extends HistoryRecorder {
  /** The moment of the latest call or answer: everything before it was passed on. */
  heardUntilNs(): number;
}

/** Wishes that are remembered. Of a sale with more keys than these, only calls without a key are passed on as new ones. */
const WISHES_MAX = 200_000;

/**
 * Passes the calls on that a recorder is told of, as far as they show something. It is asked twice per request of a load.
 *
 * @param numberOf the number by which who hears of a call knows it. Threads record their calls each for itself, and each
 *   call of a load needs a number of its own
 */
export function watchCalls(
  history: HistoryRecorder,
  clock: Pick<Clock, 'monotonicNs'>,
  hear: (event: CallEvent) => void,
  numberOf: (id: number) => number = (id) => id,
): WatchedRecorder {
  const pending = new Map<number, Pending>();
  const wishes = new Map<string, Wish>();
  let untilNs = 0;
  let hasAttempts = false;

  /** The wish of a call; undefined for a call without a key. */
  function wishOf({ kind, idempotencyKey, buyer }: InvokeFacts, atNs: number): Wish | undefined {
    if (idempotencyKey === undefined) return undefined;
    const name = `${kind} ${idempotencyKey} ${buyer}`;
    const known = wishes.get(name);
    if (known !== undefined) {
      known.calls++;
      return known;
    }
    // Nobody knows any more if it is the first with its key.
    if (wishes.size >= WISHES_MAX) return { ...FORGOTTEN };
    const wish = { name, sentAtNs: atNs, calls: 1, isGranted: false };
    wishes.set(name, wish);
    return wish;
  }

  function answer({ facts, atNs, wish }: Pending, id: number, end: CompleteFacts, endNs: number) {
    const isRefused = end.outcome === 'fail';
    const isRepeated = wish !== undefined && wish.calls > 1;
    if (isRefused && !isRepeated && wish !== undefined) wishes.delete(wish.name);
    const mayHaveTaken = end.outcome === 'info' && takesStock(facts.kind);
    const mayHaveEnded = MAY_END.has(facts.kind);
    if (end.outcome !== 'ok' && !mayHaveEnded && !mayHaveTaken && !(isRefused && isRepeated))
      return;
    hear({
      type: 'answered',
      call: callOf(numberOf(id), facts, atNs, end, endNs),
      wishedAtNs: wish?.sentAtNs ?? atNs,
      isRepeated,
      wasGranted: wish?.isGranted ?? false,
    });
    if (wish !== undefined && end.outcome === 'ok') wish.isGranted = true;
  }

  function decide({ facts, atNs }: Pending, id: number, end: CompleteFacts, endNs: number) {
    if (end.outcome !== 'ok' || end.observed?.decision !== 'SUCCESS') return;
    for (const { facts: other } of pending.values()) {
      const mayTake = takesStock(other.kind) && other.kind !== 'attempt';
      if (mayTake && other.buyer === facts.buyer) return;
    }
    hear({ type: 'decided', call: callOf(numberOf(id), facts, atNs, end, endNs) });
  }

  return {
    invoke(facts, atNs = clock.monotonicNs()) {
      const id = history.invoke(facts, atNs);
      if (atNs > untilNs) untilNs = atNs;
      hasAttempts ||= facts.kind === 'attempt';
      const isRead = facts.kind === 'read';
      if (isRead && !hasAttempts) return id;
      pending.set(id, { facts, atNs, wish: isRead ? undefined : wishOf(facts, atNs) });
      if (MAY_END.has(facts.kind))
        hear({ type: 'called', call: callOf(numberOf(id), facts, atNs) });
      return id;
    },
    complete(id, facts, atNs = clock.monotonicNs()) {
      history.complete(id, facts, atNs);
      if (atNs > untilNs) untilNs = atNs;
      const call = pending.get(id);
      if (call === undefined) return;
      pending.delete(id);
      if (call.facts.kind === 'read') decide(call, id, facts, atNs);
      else answer(call, id, facts, atNs);
    },
    heardUntilNs: () => untilNs,
  };
}

/** A call without its answer. */
interface Pending {
  facts: InvokeFacts;
  atNs: number;
  wish: Wish | undefined;
}

/** The calls that carry one idempotency key. */
interface Wish {
  name: string;
  sentAtNs: number;
  calls: number;
  isGranted: boolean;
}

const FORGOTTEN: Wish = {
  name: '',
  sentAtNs: Number.NEGATIVE_INFINITY,
  calls: 2,
  isGranted: true,
};

/** Calls that sell a hold or end it. */
const MAY_END: ReadonlySet<Operation['kind']> = new Set(['confirm', 'release', 'cancel']);

const NO_ANSWER: CompleteFacts = { outcome: 'info', status: 0 };

/** A call as a reader of the history will find it. */
function callOf(
  id: number,
  facts: InvokeFacts,
  invokedAtNs: number,
  end: CompleteFacts = NO_ANSWER,
  endNs = Number.POSITIVE_INFINITY,
): Operation {
  const isOther = facts.hold !== undefined && end.hold !== undefined && end.hold !== facts.hold;
  return {
    id,
    kind: facts.kind,
    sku: facts.sku ?? end.sku,
    buyer: facts.buyer,
    quantity: facts.quantity,
    idempotencyKey: facts.idempotencyKey,
    hold: facts.hold ?? end.hold,
    newHold: isOther ? end.hold : undefined,
    order: facts.order ?? end.order,
    voucher: facts.voucher ?? end.voucher,
    ticket: facts.ticket,
    basket: facts.basket,
    invokedAtNs,
    outcome: end.outcome,
    completedAtNs: end.outcome === 'info' ? Number.POSITIVE_INFINITY : endNs,
    status: end.status,
    code: end.code,
    sequence: end.sequence,
  };
}
