import { type Operation, takesStock } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { memoized } from '../../kernel/memo.ts';
import type { Evidence } from '../evidence.ts';
import { eventfulCalls } from './eventful-calls.ts';
import { indexLedger, ofBuyer } from './ledger-index.ts';
import { findWishes, type Wishes } from './wishes.ts';

/** The decision over an attempt, as its buyer was told it. It is a no only if they were never told a yes. */
export interface Decision {
  isYes: boolean;
  /** The answer that told it first. */
  read: Operation;
  /** False if it may be about another attempt of the same buyer. */
  isSure: boolean;
}

export interface Decisions {
  /** The decision over an attempt; undefined if nobody was told of one, and for any other call. Takes a folded call, or the first that it was folded of. */
  over(attempt: Operation): Decision | undefined;
  /** The attempt that a decision is about, as far as an answer tells it. */
  attemptOf(read: Operation): Operation | undefined;
  /** The moment from which the buyer of an attempt knew that it had succeeded; `Infinity` if they were never told. */
  knownAtNs(attempt: Operation): number;
}

const NONE: Decisions = {
  over: () => undefined,
  attemptOf: () => undefined,
  knownAtNs: () => Number.POSITIVE_INFINITY,
};

/**
 * Joins attempts with the decisions that their buyers were told: by the id of the attempt, which its answer gave and the
 * question about it names. Where there is no such id, by the buyer: a success is that of one of their attempts, and a failure
 * that of all.
 */
export const findDecisions = memoized((evidence: Evidence): Decisions => {
  const { sale, operations } = evidence;
  const reads = eventfulCalls(operations).filter(isFinal);
  if (reads.length === 0) return NONE;
  const wishes = findWishes(evidence);
  const attempts = wishes.calls.filter(
    ({ kind, outcome }) => kind === 'attempt' && outcome !== 'fail',
  );
  const named = createNameTest(attempts);
  // An attempt may succeed with a purchase that its buyer made in another way, and then took no units of its own.
  const others = buyersOfOtherUnits(wishes);
  const mayBeOfOthers = ({ completedAtNs }: Operation, key: string): boolean =>
    (others.get(key) ?? Number.POSITIVE_INFINITY) < completedAtNs;
  const decided = new Map<number, Decision>();
  const toldBuyers = new Map<string, Operation>();
  const attemptOfRead = new Map<Operation, Operation>();
  for (const read of reads) {
    const [attempt, other] = named(read);
    if (other !== undefined) continue;
    if (attempt === undefined) {
      const key = ofBuyer(read.sku, read.buyer);
      toldBuyers.set(key, earlier(toldBuyers.get(key), read));
      continue;
    }
    if (isYes(read) && mayBeOfOthers(read, ofBuyer(attempt.sku, attempt.buyer))) continue;
    attemptOfRead.set(read, attempt);
    const first = earlier(decided.get(attempt.id)?.read, read);
    decided.set(attempt.id, { isYes: isYes(first), read: first, isSure: true });
  }

  const byBuyer = groupBy(attempts, ({ sku, buyer }) => ofBuyer(sku, buyer));
  const isOnlyOne = sale.shop === undefined;
  for (const [key, read] of toldBuyers) {
    const theirs = byBuyer.get(key) ?? [];
    const open = theirs.filter(({ id }) => !decided.has(id));
    const isSure = isOnlyOne || theirs.length === 1;
    if (!isYes(read)) {
      for (const { id } of open) decided.set(id, { isYes: false, read, isSure });
      if (open[0] !== undefined && isSure) attemptOfRead.set(read, open[0]);
    } else if (!mayBeOfOthers(read, key) && !theirs.some(({ id }) => decided.get(id)?.isYes)) {
      const best = likeliest(open, wishes, evidence);
      if (best === undefined) continue;
      decided.set(best.id, { isYes: true, read, isSure });
      attemptOfRead.set(read, best);
    }
  }
  return {
    over: ({ id }) => decided.get(id),
    attemptOf: (read) => attemptOfRead.get(read),
    knownAtNs({ id, sku, buyer }) {
      const decision = decided.get(id);
      if (decision?.isYes) return decision.read.completedAtNs;
      const told = isOnlyOne ? toldBuyers.get(ofBuyer(sku, buyer)) : undefined;
      return told !== undefined && isYes(told) ? told.completedAtNs : Number.POSITIVE_INFINITY;
    },
  };
});

const isFinal = ({ outcome, observed }: Operation): boolean =>
  outcome === 'ok' && (observed?.decision === 'SUCCESS' || observed?.decision === 'FAILED');

const isYes = ({ observed }: Operation): boolean => observed?.decision === 'SUCCESS';

/** A yes counts more than a no; of two that say the same, the one that was told first. */
function earlier(before: Operation | undefined, read: Operation): Operation {
  if (before === undefined) return read;
  if (isYes(before) !== isYes(read)) return isYes(before) ? before : read;
  return before.completedAtNs <= read.completedAtNs ? before : read;
}

/** Creates the test for the attempts whose ids a question names. Ids of another buyer's attempts are names of something else. */
function createNameTest(attempts: Operation[]): (read: Operation) => Operation[] {
  const byOrder = groupBy(attempts, ({ order }) => order);
  const byHold = groupBy(attempts, ({ hold }) => hold);
  const isSame = (one: string | undefined, other: string | undefined): boolean =>
    one === undefined || other === undefined || one === other;
  return ({ order = '', hold = '', sku, buyer }) => {
    const found = new Set([...(byOrder.get(order) ?? []), ...(byHold.get(hold) ?? [])]);
    return [...found].filter((each) => isSame(each.buyer, buyer) && isSame(each.sku, sku));
  };
}

/** The attempt that succeeded: one that was accepted, else one that the ledger names, else the first. */
function likeliest(
  attempts: Operation[],
  { callIdsOf }: Wishes,
  evidence: Evidence,
): Operation | undefined {
  const accepted = attempts.find(({ outcome }) => outcome === 'ok');
  if (accepted !== undefined) return accepted;
  const named = callIdsInLedger(evidence);
  return attempts.find((call) => callIdsOf(call).some((id) => named.has(id))) ?? attempts[0];
}

const callIdsInLedger = memoized((evidence: Evidence): Set<string | null> => {
  const { reservations = [], orders = [] } = indexLedger(evidence).index ?? {};
  return new Set([...reservations, ...orders].map(({ callId }) => callId));
});

/** The first moment at which a buyer may have taken units in another way than by an attempt, by `ofBuyer`. */
function buyersOfOtherUnits({ calls }: Wishes): Map<string, number> {
  const buyers = new Map<string, number>();
  for (const { kind, outcome, sku, buyer, invokedAtNs } of calls) {
    const isOther = kind !== 'attempt' && takesStock(kind) && outcome !== 'fail';
    if (!isOther) continue;
    const key = ofBuyer(sku, buyer);
    buyers.set(key, Math.min(invokedAtNs, buyers.get(key) ?? invokedAtNs));
  }
  return buyers;
}
