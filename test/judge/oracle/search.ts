import type { Operation, SaleFacts } from '../../../src/history/operation.ts';
import { type Effect, effectsOf, refusedCancellations, type Step, type Waived } from './effects.ts';
import { type Claim, claimOf } from './refusals.ts';
import type { Rule } from './rules.ts';
import { type Call, callOf, changed, type Hold, type Holds, shopOf } from './shop.ts';

/** A legal order of events that explains every answer of a history. */
export interface Explanation {
  steps: Step[];
  /** The shop after the last of them. */
  holds: Holds;
  /** The moment of the last of them. */
  nowMs: number;
}

/** A search is given up after this many situations; of a million small histories, a handful is that large. */
const SITUATIONS_MAX = 20_000;

/** `SPENT`: a refused checkout that has also held units in vain. */
type Progress = 0 | 1 | 2 | 3;
const [WAITING, HALF, DONE, SPENT]: [0, 1, 2, 3] = [0, 1, 2, 3];
const isOver = (progress: Progress | undefined): boolean => progress === DONE || progress === SPENT;

/**
 * Searches all orders of events for one that explains the answers of a small history; undefined if there is none.
 *
 * A call takes effect at a moment of its interval. A hold lapses its time to live after its clock started, which was
 * inside its call, and its units are back at a moment within the grace after that. All times are whole milliseconds and
 * all conditions on them are differences, so a moment between two milliseconds explains nothing that they do not.
 *
 * `waivedRules` may be broken.
 *
 * @returns 'too large' when the search was given up
 */
export function explain(
  sale: SaleFacts,
  operations: readonly Operation[],
  waivedRules: readonly Rule[] = [],
): Explanation | 'too large' | undefined {
  const shop = shopOf(sale);
  const calls = operations
    .filter(({ kind, outcome }) => kind !== 'read' || outcome === 'ok')
    .map(callOf);
  const waived: Waived = (rule) => waivedRules.includes(rule);
  const claims = calls.map((call) => (isLook(call) ? claimOf(shop, call) : undefined));
  const explored = new Set<string>();
  const steps: Step[] = [];
  const horizonMs =
    1 + Math.max(0, ...calls.map(({ fromMs, toMs }) => (toMs < Infinity ? toMs : fromMs)));
  let found: Explanation | undefined;

  const startMs = Math.min(0, ...claims.map((claim) => claim?.lookFromMs ?? 0));
  visit(
    startMs,
    calls.map(() => WAITING),
    [],
  );
  return found ?? (explored.size > SITUATIONS_MAX ? 'too large' : undefined);

  /** True when the rest of the history can be explained from here. */
  function visit(nowMs: number, progress: readonly Progress[], holds: Holds): boolean {
    const [seenProgress, looks] = lookNow(nowMs, progress, holds);
    steps.push(...looks);
    if (search(nowMs, seenProgress, holds)) return true;
    steps.length -= looks.length;
    return false;
  }

  function search(nowMs: number, progress: readonly Progress[], holds: Holds): boolean {
    if (calls.every((call, index) => isOver(progress[index]) || isUnanswered(call))) {
      found = { steps: [...steps], holds, nowMs };
      return true;
    }
    const key = keyOf(nowMs, progress, holds, horizonMs);
    if (explored.size > SITUATIONS_MAX || explored.has(key)) return false;
    explored.add(key);
    return (
      callsMove(nowMs, progress, holds) ||
      timeMoves(nowMs, progress, holds) ||
      (mayPass(nowMs, progress, holds) && visit(nowMs + 1, progress, holds))
    );
  }

  /** A refusal or a read that is true now is settled at once: it changes nothing, so to settle it later would not help. */
  function lookNow(
    nowMs: number,
    progress: readonly Progress[],
    holds: Holds,
  ): [readonly Progress[], Step[]] {
    const looks: Step[] = [];
    const next = progress.map((state, index): Progress => {
      const call = calls[index] as Call;
      if (state !== WAITING || !isLook(call) || isRefusedCancellation(call)) return state;
      if (!claimHolds(claims[index], call, nowMs, holds)) return state;
      const event = isRefused(call) ? 'refused' : 'read';
      looks.push({ atMs: nowMs, event, call: call.operation.id });
      return DONE;
    });
    return [next, looks];
  }

  function claimHolds(
    claim: Claim | undefined,
    { fromMs }: Call,
    nowMs: number,
    holds: Holds,
  ): boolean {
    if (claim === undefined) return nowMs >= fromMs;
    return nowMs >= claim.lookFromMs && (waived(claim.rule) || claim.isTrue(shop, holds));
  }

  function callsMove(nowMs: number, progress: readonly Progress[], holds: Holds): boolean {
    return calls.some((call, index) => {
      const state = progress[index] as Progress;
      if (nowMs < call.fromMs) return false;
      return effectsNow(call, state, nowMs, holds).some(({ holds: after, step, isComplete }) => {
        steps.push(step);
        const next = progress.with(index, state === DONE ? SPENT : isComplete ? DONE : HALF);
        if (visit(nowMs, next, after)) return true;
        steps.pop();
        return false;
      });
    });
  }

  function effectsNow(call: Call, state: Progress, nowMs: number, holds: Holds): Effect[] {
    if (isRefusedCancellation(call))
      return isOver(state) ? [] : refusedCancellations(holds, call, nowMs, waived);
    const mayBegin = isRefused(call)
      ? state === DONE && mayHoldInVain(call, nowMs)
      : !isOver(state);
    if (!mayBegin) return [];
    return effectsOf(shop, holds, call, nowMs, state === HALF, waived);
  }

  function timeMoves(nowMs: number, progress: readonly Progress[], holds: Holds): boolean {
    return holds.some((hold) => {
      const after = afterTime(hold, nowMs);
      if (after === undefined) return false;
      steps.push({ atMs: nowMs, event: after.state, hold: hold.id });
      if (visit(nowMs, progress, changed(holds, hold, after))) return true;
      steps.pop();
      return false;
    });
  }

  /**
   * A checkout that comes after the lapse may hold units again, and be refused because that hold lapses as well before it
   * is bought.
   */
  function mayHoldInVain({ operation, toMs }: Call, nowMs: number): boolean {
    const isLate = operation.kind === 'confirm' && operation.code === 'RESERVATION_EXPIRED';
    return isLate && nowMs + shop.holdTtlMs <= toMs;
  }

  /** Time passes once all is done that may not be later. */
  function mayPass(nowMs: number, progress: readonly Progress[], holds: Holds): boolean {
    return (
      calls.every(({ toMs }, index) => isOver(progress[index]) || toMs > nowMs) &&
      holds.every(({ state, lapsesAtMs }) => {
        if (state === 'live') return lapsesAtMs > nowMs;
        return state !== 'lapsed' || lapsesAtMs + shop.sweepGraceMs > nowMs;
      })
    );
  }
}

type Passed = Pick<Hold, 'lapsesFromMs' | 'lapsesAtMs'> & { state: 'lapsed' | 'swept' };

/** The state that a hold may come to now by time alone, if there is one. */
function afterTime({ state, lapsesFromMs, lapsesAtMs }: Hold, nowMs: number): Passed | undefined {
  if (state === 'lapsed') return { state: 'swept', lapsesFromMs, lapsesAtMs };
  if (state !== 'live' || nowMs < lapsesFromMs) return undefined;
  return { state: 'lapsed', lapsesFromMs: nowMs, lapsesAtMs: nowMs };
}

const isRefused = ({ operation }: Call): boolean => operation.outcome === 'fail';
/** True for a call that changes nothing. */
const isLook = (call: Call): boolean => isRefused(call) || call.operation.kind === 'read';
const isUnanswered = ({ operation }: Call): boolean => operation.outcome === 'info';
const isRefusedCancellation = ({ operation }: Call): boolean =>
  operation.outcome === 'fail' &&
  operation.kind === 'cancel' &&
  operation.code === 'ORDER_NOT_CANCELLABLE';

/**
 * Names a situation. Holds are named by the calls that made them, so their order does not matter, and neither does when
 * they lapse after everything has been answered.
 */
function keyOf(
  nowMs: number,
  progress: readonly Progress[],
  holds: Holds,
  horizonMs: number,
): string {
  const parts = holds.map(({ id, state, lapsesAtMs, order }) => {
    const until = state === 'live' || state === 'lapsed' ? Math.min(lapsesAtMs, horizonMs) : '';
    return `${id}${state}${until}${order ?? ''}`;
  });
  return `${nowMs}|${progress.join('')}|${parts.sort().join()}`;
}
