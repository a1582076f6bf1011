import { type Challenge, type Operation, takesStock } from '../history/operation.ts';
import { groupBy } from '../kernel/group-by.ts';
import { memoized } from '../kernel/memo.ts';
import { meet, meetAcross, meetWithin } from './challenges/meetings.ts';
import { isAnythingReread } from './challenges/rereads.ts';
import { isAnybodyRobbed } from './challenges/theft.ts';
import type { Evidence } from './evidence.ts';
import { surely } from './reading/bounds.ts';
import type { Hold } from './reading/hold.ts';
import { findHolds } from './reading/holds.ts';
import { isAside } from './reading/offers.ts';

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
    meetWithin(operations, ({ kind, voucher, buyer }) =>
      kind === 'redeem' && voucher !== undefined ? `${voucher} ${buyer}` : undefined,
    )
      ? undefined
      : 'no voucher was used in two calls at once, so nobody raced for its one use',

  'double-check-in': ({ operations }) =>
    meetWithin(operations, ({ kind, ticket }) => (kind === 'check-in' ? ticket : undefined))
      ? undefined
      : 'no ticket was shown at two gates at once, so nobody raced for its one use',

  'repeated-call': ({ operations }) =>
    meetWithin(operations, ({ kind, buyer, idempotencyKey }) =>
      idempotencyKey === undefined ? undefined : `${kind} ${buyer} ${idempotencyKey}`,
    )
      ? undefined
      : 'no call was repeated with its Idempotency-Key while it was under way',

  'half-basket': ({ operations, sale }) =>
    [...groupBy(operations, ({ basket }) => basket).values()].some(
      (lines) =>
        lines.some(({ outcome, code = '' }) => outcome === 'fail' && code in sale.refusals) &&
        lines.some(({ outcome, code = '' }) => outcome === 'fail' && !(code in sale.refusals)),
    )
      ? undefined
      : 'no basket was refused of which some lines could be had, so nobody could have got a part of one',

  'shared-account': ({ operations }) =>
    meetWithin(operations, ({ kind, buyer, basket }) =>
      takesStock(kind) && basket === undefined ? buyer : undefined,
    )
      ? undefined
      : 'no account asked for units twice at the same time',

  stranger: ({ operations }) =>
    isAnybodyRobbed(operations)
      ? undefined
      : 'nobody asked for the reservation, order or voucher of somebody else who still had it, so nobody could have been robbed',

  'repeated-read': ({ operations }) =>
    isAnythingReread(operations)
      ? undefined
      : 'nobody read again what had been read before, so nothing could have gone back',

  'several-units': (evidence) =>
    anyHold(evidence, (hold) => hold.quantity > 1 && hasEnded(hold))
      ? undefined
      : 'no hold of several units was sold, given back or lapsed, so units and holds could not have been mixed up',

  'several-skus': ({ operations }) =>
    meetAcross(operations, ({ kind, outcome, sku }) =>
      takesStock(kind) && outcome === 'ok' ? sku : undefined,
    )
      ? undefined
      : 'units of two SKUs were never taken at the same time, so the SKUs could not have been mixed up',

  'abandoned-hold': (evidence) =>
    anyHold(evidence, (hold) => isAbandoned(hold, evidence))
      ? undefined
      : 'nobody asked for units after an abandoned hold of them was due back, so a sweeper that does nothing would not have shown',

  'redis-amnesia': (evidence) =>
    (evidence.faults ?? []).some(
      ({ name, atNs }) => name === 'redis-emptied' && isHeldAt(atNs, evidence),
    )
      ? undefined
      : 'Redis never lost its data while units were held and others wanted some, so counters that are built anew were not needed',

  'other-door': (evidence) =>
    evidence.operations.some((call) => call.outcome !== 'info' && isAside(call, evidence) === true)
      ? undefined
      : 'nobody asked for units in another way than they are sold, so a door left open would not have shown',

  'out-of-hours': (evidence) =>
    isAskedOutOfHours(evidence)
      ? undefined
      : 'nobody asked for units both before their sale began and after it was over, so a sale that is always on would not have shown',
};

/** True when a SKU with hours was asked for, and answered, both before it was sold and after. */
function isAskedOutOfHours(evidence: Evidence): boolean {
  const { sale, operations } = evidence;
  const wallMs = (atNs: number) => sale.startedAtMs + (atNs - sale.startedAtNs) / 1e6;
  const bySku = groupBy(operations, ({ kind, sku, outcome }) =>
    takesStock(kind) && outcome !== 'info' ? sku : undefined,
  );
  return sale.skus.some(({ skuId, opensAt = '', closesAt = '' }) => {
    const calls = bySku.get(skuId) ?? [];
    return (
      calls.some(({ completedAtNs }) => wallMs(completedAtNs) < Date.parse(opensAt)) &&
      calls.some(({ invokedAtNs }) => wallMs(invokedAtNs) > Date.parse(closesAt))
    );
  });
}

function anyHold(evidence: Evidence, test: (hold: Hold) => boolean): boolean {
  for (const holds of findHolds(evidence).bySku.values()) {
    if (holds.some(test)) return true;
  }
  return false;
}

/** Every call by which a hold's buyer tried to end it. Refused calls count: of two that race, one loses. */
function endsOf({ reserve, buyer }: Hold, evidence: Evidence): Operation[] {
  const calls = reserve.hold === undefined ? [] : (endingCalls(evidence).get(reserve.hold) ?? []);
  return calls.filter((call) => call.buyer === buyer);
}

const endingCalls = memoized(({ operations }: Evidence) =>
  groupBy(
    operations.filter(({ kind }) => kind === 'confirm' || kind === 'release'),
    ({ hold }) => hold,
  ),
);

/** True when a call was under way at a moment at which the hold may have lapsed. */
function meetsExpiry(call: Operation, { reserve }: Hold, { sale }: Evidence): boolean {
  const { holdTtlMs } = sale;
  if (holdTtlMs === undefined) return false;
  const ttlNs = holdTtlMs * 1e6;
  return (
    call.invokedAtNs <= reserve.completedAtNs + ttlNs &&
    call.completedAtNs >= reserve.invokedAtNs + ttlNs
  );
}

/** True when a hold was surely sold, given back or left to lapse. */
const hasEnded = ({ made, confirmed, released, reservation }: Hold): boolean =>
  made === 'answered' &&
  (confirmed === 'yes' || released === 'yes' || reservation?.status === 'EXPIRED');

/**
 * True when a hold was left to lapse, and somebody asked for its SKU after its units were due back. Without an answer nobody
 * knows when that is.
 */
function isAbandoned(hold: Hold, evidence: Evidence): boolean {
  if (hold.confirmed !== 'no' || hold.released !== 'no') return false;
  const { holdTtlMs, sweepGraceMs } = evidence.sale;
  if (holdTtlMs === undefined) return false;
  const dueNs = hold.reserve.completedAtNs + (holdTtlMs + sweepGraceMs) * 1e6;
  return dueNs < (lastAskedNs(evidence).get(hold.sku) ?? Number.NEGATIVE_INFINITY);
}

/** The moment of the last call for units of each SKU. */
const lastAskedNs = memoized(({ operations }: Evidence): Map<string, number> => {
  const lastNs = new Map<string, number>();
  for (const { kind, sku, invokedAtNs } of operations) {
    if (takesStock(kind) && sku !== undefined) lastNs.set(sku, invokedAtNs);
  }
  return lastNs;
});

/** True when a hold was surely there at a moment, and neither sold nor lapsed when the next buyer asked for its SKU. */
function isHeldAt(atNs: number, evidence: Evidence): boolean {
  const nextAskedNs = new Map<string, number>();
  for (const { kind, sku, invokedAtNs } of evidence.operations) {
    if (!takesStock(kind) || sku === undefined || invokedAtNs < atNs) continue;
    if (!nextAskedNs.has(sku)) nextAskedNs.set(sku, invokedAtNs);
  }
  return anyHold(evidence, (hold) => {
    const held = surely(hold, evidence.sale);
    if (held === undefined || held.fromNs > atNs) return false;
    const soldNs = hold.confirms[0]?.invokedAtNs ?? Number.POSITIVE_INFINITY;
    const askedNs = nextAskedNs.get(hold.sku) ?? Number.POSITIVE_INFINITY;
    return askedNs < Math.min(held.untilNs, soldNs);
  });
}
