import { codeOfSomeLine, type Operation, takesStock } from '../history/operation.ts';
import { countWhere } from '../kernel/count-where.ts';
import { groupBy } from '../kernel/group-by.ts';
import { count, skuName } from '../kernel/wording.ts';
import { whyUnchallenged } from './challenges.ts';
import type { Evidence } from './evidence.ts';
import { callsNotOnSale, LIMITED } from './notes.ts';
import { createAttemptReader, type RacingCall } from './reading/decided-attempts.ts';
import { eventfulCalls } from './reading/eventful-calls.ts';
import { indexLedger, isTaken, sumUnits } from './reading/ledger-index.ts';
import { createSoldOutTest } from './reading/sold-out.ts';
import { findWishes } from './reading/wishes.ts';

/**
 * Reasons why a run in which nothing wrong was found could not have shown it, one sentence each; empty when it could.
 *
 * An oversell needs the last units to go while several buyers want them. So demand must have met an empty stock, the
 * calls must have overlapped at that moment, enough of them must have been answered, and the generator must have kept up.
 * The situations that the scenario exists to bring about must have come about.
 */
export function reasonsForInconclusive(evidence: Evidence): string[] {
  const { sale, operations, generator, truncated } = evidence;
  const reasons: string[] = [];
  if (operations.length === 0) reasons.push('no operation was recorded');
  if (truncated) reasons.push('the history breaks off, so what happened last is not known');
  if (generator?.saturated) {
    const how = generator.reasons.length > 0 ? `: ${generator.reasons.join('; ')}` : '';
    reasons.push(`the load generator itself was the bottleneck${how}`);
  }
  const open = countWhere(operations, ({ outcome }) => outcome === 'info');
  if (open > operations.length / 2) {
    reasons.push(`${open} of ${count(operations.length, 'call')} got no definite answer`);
  }
  const gone = whyGone(operations);
  if (gone !== undefined) reasons.push(gone);
  reasons.push(...whyNotOnSale(evidence), ...whyUnsold(evidence), ...whyUndecided(evidence));
  reasons.push(...whyHarmless(evidence));
  if (operations.length === 0) return reasons;
  // A sale may have more SKUs than a call can have arguments.
  const uncontended = sale.sellOutExpected ? withoutContention(evidence) : [];
  const unchallenged = (sale.challenges ?? []).flatMap(
    (challenge) => whyUnchallenged[challenge](evidence) ?? [],
  );
  return [...reasons, ...uncontended, ...unchallenged];
}

/**
 * The reasons why faults show nothing: no call was under way when they came, or none asked for what was broken. A sale that exists
 * for a fault asks for more.
 */
function whyHarmless({ sale, faults = [], operations }: Evidence): string[] {
  if (sale.challenges?.includes('redis-amnesia')) return [];
  const met = faults.filter(
    ({ atNs, untilNs = atNs, met }) =>
      met !== 0 &&
      operations.some(
        ({ invokedAtNs, completedAtNs }) => invokedAtNs <= untilNs && completedAtNs >= atNs,
      ),
  );
  if (faults.length === 0 || met.length > 0) return [];
  const why = faults.every(({ met }) => met === 0)
    ? 'broke what nobody asked for meanwhile'
    : 'came when no call that is judged was under way';
  return [`${count(faults.length, 'fault')} ${why}, so nobody could have suffered from it`];
}

/** Fewer calls without an answer at the end of a run do not show that the target is gone. */
const GONE_CALLS_MIN = 10;

/** The code of a call that the load generator itself cut off. */
const CUT_OFF = 'ABORTED';

/** The reason why the end of the run shows nothing: all of its calls were made to a target that answered no more. */
function whyGone(operations: Operation[]): string | undefined {
  let lastAnswerNs = Number.NEGATIVE_INFINITY;
  for (const { status, completedAtNs } of operations) {
    if (status > 0 && Number.isFinite(completedAtNs)) {
      lastAnswerNs = Math.max(lastAnswerNs, completedAtNs);
    }
  }
  const after = operations.filter(({ invokedAtNs }) => invokedAtNs > lastAnswerNs);
  if (after.length < GONE_CALLS_MIN) return undefined;
  const which = `none of the last ${after.length} of ${count(operations.length, 'call')} was answered`;
  return after.every(({ code }) => code === CUT_OFF)
    ? `${which}: the load ended first, and cut them off`
    : `the target was gone at the end: ${which}`;
}

/** The reason why a run shows nothing about the SKUs on sale: all its calls for units were for others. */
function whyNotOnSale(evidence: Evidence): string[] {
  const { operations, sale } = evidence;
  const onSale = new Set<string | undefined>(sale.skus.map(({ skuId }) => skuId));
  const isOfSale = ({ kind, sku }: Operation): boolean =>
    takesStock(kind) && (sku === undefined || onSale.has(sku));
  return operations.some(isOfSale) ? [] : callsNotOnSale(evidence);
}

/**
 * The reason why nobody knows what becomes of the last units: some were left, nobody was told that none are, and calls that
 * wanted as many were never answered. A target that died before its sale was over is not known to be right.
 */
function whyUnsold(evidence: Evidence): string[] {
  const { sale } = evidence;
  const isSoldOut = createSoldOutTest(sale);
  const { calls: all } = findWishes(evidence);
  // Nearly always all units of some SKU were taken, and no other call has to be looked at.
  const taken = new Map<string | undefined, number>();
  for (const { kind, outcome, sku, quantity } of eventfulCalls(all)) {
    if (outcome === 'ok' && takesStock(kind)) taken.set(sku, (taken.get(sku) ?? 0) + quantity);
  }
  if (sale.skus.some(({ skuId, total }) => (taken.get(skuId) ?? 0) >= total)) return [];
  const wishes = groupBy(all, ({ kind, sku }) => (takesStock(kind) ? sku : undefined));
  const reasons = sale.skus.map(({ skuId, total }) => {
    const calls = wishes.get(skuId) ?? [];
    const unanswered = calls.filter(isUnanswered);
    const left = total - (taken.get(skuId) ?? 0);
    if (calls.some(isSoldOut) || sumUnits(unanswered) < left) return undefined;
    return `${left} of ${count(total, 'unit')} of ${skuName(skuId)} were left, and ${unanswered.length} of ${count(calls.length, 'call')} for them got no definite answer: nobody knows if the last units would have been sold twice`;
  });
  return reasons.includes(undefined) ? [] : reasons.filter((reason) => reason !== undefined);
}

/** True for a call that got no definite answer, or never reached the target. */
const isUnanswered = ({ outcome, status }: Operation): boolean =>
  outcome === 'info' || status === 0;

/** The reason why nobody knows who got a unit: attempts were accepted, and neither buyers nor books tell what became of them. */
function whyUndecided(evidence: Evidence): string[] {
  const { operations } = evidence;
  const { index: ledger } = indexLedger(evidence);
  if (ledger?.keeps('order') || ledger?.keeps('attempt') || ledger?.keeps('reservation')) return [];
  const accepted = operations.filter(({ kind, outcome }) => kind === 'attempt' && outcome === 'ok');
  const isDecided = operations.some(({ observed }) => observed?.decision !== undefined);
  if (accepted.length === 0 || isDecided) return [];
  return [
    `${count(accepted.length, 'attempt was', 'attempts were')} accepted, nobody asked what became of them, and no orders were read: nobody knows who got a unit`,
  ];
}

/** The reasons of all SKUs; empty when one SKU sold out under contention, because an oversell would have shown there. */
function withoutContention(evidence: Evidence): string[] {
  const { sale, operations } = evidence;
  const isRefused = createSoldOutTest(sale);
  const readAttempts = createAttemptReader(evidence);
  const reserves = groupBy(operations, ({ kind, sku }) => (takesStock(kind) ? sku : undefined));
  const reasons = sale.skus.map(({ skuId, total }) => {
    const decided = readAttempts(reserves.get(skuId) ?? [], total);
    const { calls } = decided;
    const isSoldOut = (call: RacingCall): boolean => isRefused(call) || decided.isSoldOut(call);
    return (
      whyNotSoldOut(skuId, total, calls, isSoldOut, evidence) ??
      whyNotContended(skuId, calls, isSoldOut)
    );
  });
  return reasons.includes(undefined) ? [] : reasons.filter((reason) => reason !== undefined);
}

function whyNotSoldOut(
  sku: string,
  total: number,
  calls: RacingCall[],
  isSoldOut: (call: RacingCall) => boolean,
  evidence: Evidence,
): string | undefined {
  if (!calls.some(isSoldOut)) {
    if (
      calls.some(({ code }) => evidence.sale.refusals[codeOfSomeLine(code) ?? ''] === 'sold-out')
    ) {
      return `baskets with ${skuName(sku)} were refused because some line is sold out, and no answer tells that it was ${skuName(sku)}, so nobody knows if its last units were fought over; give the refused lines a place in the target file (answer.refused), or let buyers buy it alone as well`;
    }
    return `nobody was told that ${skuName(sku)} is sold out (${count(calls.length, 'call')} for ${count(total, 'unit')}), so its last units were never fought over; sell fewer units, or let more buyers come`;
  }
  const { index: ledger } = indexLedger(evidence);
  if (!ledger?.keeps('reservation')) return undefined;
  const rows = ledger.reservationsBySku.get(sku) ?? [];
  if (!rows.every(isTaken)) return undefined;
  const taken = sumUnits(rows);
  if (taken >= total) return undefined;
  return `only ${taken} of ${count(total, 'unit')} of ${skuName(sku)} were taken in the end, and no hold had ended`;
}

/** Checks the time around the first "sold out": from the last successful call before it until that refusal was answered. */
function whyNotContended(
  sku: string,
  calls: RacingCall[],
  isSoldOut: (call: RacingCall) => boolean,
): string | undefined {
  let firstRefusedNs = Number.POSITIVE_INFINITY;
  for (const call of calls) {
    if (isSoldOut(call)) firstRefusedNs = Math.min(firstRefusedNs, call.completedAtNs);
  }
  const before = calls.filter(
    ({ invokedAtNs, code }) => invokedAtNs <= firstRefusedNs && code !== LIMITED,
  );
  let fromNs = Number.NEGATIVE_INFINITY;
  for (const { outcome, invokedAtNs } of before) {
    if (outcome === 'ok') fromNs = Math.max(fromNs, invokedAtNs);
  }
  // In the order of invocation: two overlap when one begins before an earlier one has ended.
  let latestEndNs = Number.NEGATIVE_INFINITY;
  for (const { invokedAtNs, completedAtNs } of before) {
    const overlapUntilNs = Math.min(latestEndNs, completedAtNs);
    if (overlapUntilNs >= Math.max(fromNs, invokedAtNs)) return undefined;
    latestEndNs = Math.max(latestEndNs, completedAtNs);
  }
  return `no two calls for ${skuName(sku)} were under way at once when its last unit went, so nobody raced for it`;
}
