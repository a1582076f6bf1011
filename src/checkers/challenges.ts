import { type Challenge, type Operation, takesStock } from '../history/operation.ts';
import { groupBy } from '../kernel/group-by.ts';
import { memoized } from '../kernel/memo.ts';
import type { Evidence } from './evidence.ts';
import type { Hold } from './reading/hold.ts';
import { findHolds } from './reading/holds.ts';

/**
 * For each situation that a scenario may exist to bring about: the reason why a run proves nothing about it, or undefined
 * when the situation came about. Two calls meet when one was made before the other was answered.
 */
export const whyUnchallenged: Record<Challenge, (evidence: Evidence) => string | undefined> = {
  'hold-race': (evidence) =>
    anyHold(evidence, (hold) => {
      const ends = endsOf(hold, evidence);
      return meet(ends) || ends.some((call) => meetsExpiry(call, hold, evidence));
    })
      ? undefined
      : 'no checkout, cancellation or expiry of one hold met another, so nobody raced for its end',

  'cancelled-order': ({ operations }) =>
    operations.some(({ kind, outcome }) => kind === 'cancel' && outcome === 'ok')
      ? undefined
      : 'no order was cancelled, so no sold unit came back',

  'late-payment': (evidence) =>
    anyHold(evidence, (hold) =>
      endsOf(hold, evidence).some(
        (call) => call.kind === 'confirm' && meetsExpiry(call, hold, evidence),
      ),
    )
      ? undefined
      : 'no payment was under way when its hold lapsed',

  'double-redemption': ({ operations }) =>
    meetWithin(operations, ({ kind, voucher }) => (kind === 'redeem' ? voucher : undefined))
      ? undefined
      : 'no voucher was used in two calls at once, so nobody raced for its one use',

  'repeated-call': ({ operations }) =>
    meetWithin(operations, ({ kind, buyer, idempotencyKey }) =>
      idempotencyKey === undefined ? undefined : `${kind} ${buyer} ${idempotencyKey}`,
    )
      ? undefined
      : 'no call was repeated with its Idempotency-Key while it was under way',

  'shared-account': ({ operations }) =>
    meetWithin(operations, ({ kind, buyer }) => (takesStock(kind) ? buyer : undefined))
      ? undefined
      : 'no account asked for units twice at the same time',
};

function anyHold(evidence: Evidence, test: (hold: Hold) => boolean): boolean {
  for (const holds of findHolds(evidence).bySku.values()) {
    if (holds.some(test)) return true;
  }
  return false;
}

/** Every call that tried to end a hold. Refused calls count: of two that race, one loses. */
function endsOf({ reserve }: Hold, evidence: Evidence): Operation[] {
  return reserve.hold === undefined ? [] : (endingCalls(evidence).get(reserve.hold) ?? []);
}

const endingCalls = memoized(({ operations }: Evidence) =>
  groupBy(
    operations.filter(({ kind }) => kind === 'confirm' || kind === 'release'),
    ({ hold }) => hold,
  ),
);

/** True when a call was under way at a moment at which the hold may have lapsed. */
function meetsExpiry(call: Operation, { reserve }: Hold, { sale }: Evidence): boolean {
  const ttlNs = sale.holdTtlMs * 1e6;
  return (
    call.invokedAtNs <= reserve.completedAtNs + ttlNs &&
    call.completedAtNs >= reserve.invokedAtNs + ttlNs
  );
}

/** True when two of the calls, given in the order of invocation, overlap. */
function meet(calls: Operation[]): boolean {
  let latestEndNs = Number.NEGATIVE_INFINITY;
  for (const { invokedAtNs, completedAtNs } of calls) {
    if (invokedAtNs <= latestEndNs) return true;
    latestEndNs = Math.max(latestEndNs, completedAtNs);
  }
  return false;
}

/** True when two calls with the same key overlap. */
function meetWithin(
  operations: Operation[],
  keyOf: (operation: Operation) => string | undefined,
): boolean {
  for (const calls of groupBy(operations, keyOf).values()) {
    if (meet(calls)) return true;
  }
  return false;
}
