import type { Operation, SaleFacts } from '../../../history/operation.ts';
import { eventfulCalls } from '../eventful-calls.ts';
import { longestTtlNs, shortestTtlNs } from '../hold-ttl.ts';
import { lookFromNs, mayLeaveHold } from './looks.ts';
import { RestingHolds } from './resting-holds.ts';
import { newHold, type Situation, type SoughtHold, secondHold, soughtCall } from './situation.ts';

/** Calls between two moments of rest: nothing is under way then, and nothing is held. */
export interface Window {
  calls: readonly Operation[];
  /** The holds at the first of these moments, as far as the calls may notice them. */
  before: Situation;
}

/**
 * Cuts the calls for one SKU at its moments of rest: every earlier call was answered, every earlier hold has surely ended,
 * and no later answer rests on an earlier moment. What there is at such a moment is known without a doubt, so each window can
 * be explained alone. Near-linear in the number of calls.
 *
 * @param calls in the order of invocation
 * @param isWanted tells which windows are given; the others only change the holds
 */
export function* cutAtRest(
  calls: readonly Operation[],
  sale: SaleFacts,
  isWanted: (calls: readonly Operation[]) => boolean = () => true,
): Generator<Window> {
  // A call without an answer is under way for ever: it never completed. So there is no moment of rest behind the first one.
  const unanswered = calls.findIndex(({ outcome }) => outcome === 'info');
  const some = unanswered === -1 ? calls : calls.slice(0, unanswered + 1);
  const busyUntilNs = createBusyUntil(some, sale);
  const restUntilNs = earliestLooks(calls, sale);
  const holds = new RestingHolds();
  let first = 0;
  let busyNs = Number.NEGATIVE_INFINITY;
  for (let place = 0; place < some.length; place++) {
    if (place > first && busyNs < restUntilNs(place)) {
      const window = calls.slice(first, place);
      if (isWanted(window)) yield { calls: window, before: holds.seenBy(window) };
      for (const each of window) {
        for (const hold of settledBy(each, holds, sale)) holds.set(hold);
      }
      first = place;
    }
    busyNs = Math.max(busyNs, busyUntilNs(some[place] as Operation));
  }
  if (first === calls.length) return;
  // A big sale is one window, and a copy of it would take megabytes.
  const window = first === 0 ? calls : calls.slice(first);
  if (isWanted(window)) yield { calls: window, before: holds.seenBy(window) };
}

/** Tells for each call, by its place, the earliest moment on which its answer or a later one rests. */
function earliestLooks(calls: readonly Operation[], sale: SaleFacts): (place: number) => number {
  const earliestNs = new Float64Array(calls.length);
  let earliest = Number.POSITIVE_INFINITY;
  for (let place = calls.length - 1; place >= 0; place--) {
    earliest = Math.min(earliest, lookFromNs(calls[place] as Operation, sale));
    earliestNs[place] = earliest;
  }
  return (place) => earliestNs[place] as number;
}

/** Returns the function that tells how long a call, or a hold that it made or may have made, is under way at most. */
function createBusyUntil(
  calls: readonly Operation[],
  sale: SaleFacts,
): (call: Operation) => number {
  const reserves = new Map<string, Operation>();
  const endedNs = new Map<string, number>();
  const eventful = eventfulCalls(calls);
  for (const { kind, outcome, hold = '', newHold: other, completedAtNs } of eventful) {
    if (outcome !== 'ok' || other !== undefined) continue;
    if (kind !== 'release' && kind !== 'confirm') continue;
    endedNs.set(hold, Math.max(endedNs.get(hold) ?? 0, completedAtNs));
  }
  for (const call of eventful) {
    if (call.kind === 'reserve' && call.hold !== undefined) reserves.set(call.hold, call);
  }
  const lastsNs = longestTtlNs(sale) + sale.sweepGraceMs * 1e6;
  const mayBeLate = ({ hold = '', completedAtNs }: Operation): boolean => {
    const reserve = reserves.get(hold);
    return reserve === undefined || completedAtNs >= reserve.invokedAtNs + shortestTtlNs(sale);
  };
  const mayHoldAgain = (call: Operation): boolean =>
    (endedNs.get(call.hold ?? '') ?? Number.POSITIVE_INFINITY) >= call.invokedAtNs &&
    mayBeLate(call);
  /** True for a checkout of which nobody knows if it sold the hold that it names, or a second one. */
  const isUnclear = (call: Operation): boolean =>
    sale.shop !== undefined &&
    sale.holdTtlMs !== undefined &&
    call.kind === 'confirm' &&
    call.newHold === undefined &&
    mayBeLate(call);

  return (call) => {
    const { kind, outcome, hold = '', completedAtNs } = call;
    if (outcome === 'ok' && isUnclear(call)) return Number.POSITIVE_INFINITY;
    const lapsedNs = completedAtNs + lastsNs;
    if (kind === 'reserve' && outcome === 'ok') {
      return Math.max(completedAtNs, Math.min(lapsedNs, endedNs.get(hold) ?? lapsedNs));
    }
    if (mayLeaveHold(call, sale)) return lapsedNs;
    const isHeldAgain = kind === 'confirm' && outcome === 'fail' && mayHoldAgain(call);
    return isHeldAgain ? lapsedNs : completedAtNs;
  };
}

/**
 * The holds that a call has surely made or changed, as they are at the next moment of rest. A hold that is neither sold nor
 * given back has lapsed by then.
 */
function settledBy(call: Operation, holds: RestingHolds, sale: SaleFacts): SoughtHold[] {
  const { kind, outcome, hold: id = '', newHold: otherId, order, completedAtNs } = call;
  if (outcome !== 'ok') return [];
  const named = holds.get(id);
  switch (kind) {
    case 'reserve':
      return [{ ...newHold(soughtCall(call), sale), phase: 'back' }];
    case 'buy':
      return [{ ...newHold(soughtCall(call), sale), phase: 'sold', boughtBy: call }];
    case 'release':
      return named === undefined ? [] : [{ ...named, phase: 'released' }];
    case 'confirm': {
      if (named === undefined) return [];
      const bought = otherId === undefined ? named : secondHold(named, call, completedAtNs);
      return [{ ...bought, phase: 'sold', boughtBy: call }];
    }
    case 'cancel':
      return order === undefined
        ? []
        : holds.boughtBy(order).map((hold) => ({ ...hold, phase: 'returned' }));
    default:
      return [];
  }
}
