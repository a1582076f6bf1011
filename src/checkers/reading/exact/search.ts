import type { SaleFacts } from '../../../history/operation.ts';
import { isLook, lookFromNs, mayAnswer, mayLeaveHold } from './looks.ts';
import { movesOf, refusedPurchases, secondHolds } from './moves.ts';
import { changed, type Situation, type SoughtCall } from './situation.ts';

/** Progress of a call. `SPENT`: a refused checkout that has held units in vain as well. */
type Progress = 0 | 1 | 2 | 3;
const [WAITING, HALF, DONE, SPENT]: [0, 1, 2, 3] = [0, 1, 2, 3];

export interface Explanation {
  /** True if some order of events explains the answers; undefined if that would take too many situations to find out. */
  isPossible: boolean | undefined;
  /** The number of situations that were tried. */
  tried: number;
}

/**
 * Looks for an order of events that explains the answers to these calls for one SKU, beginning with the holds of `initial`.
 * It gives up after `situationsMax` situations.
 *
 * Each call takes effect at one moment of its interval. A hold lapses between `request + TTL` and `answer + TTL`, and its
 * units are back by the grace after that. The search goes through the orders of events with the earliest possible moment for
 * each. It is a little too kind: the moment of a hold's lapse does not depend on the moment at which the hold was made.
 */
export function explain(
  calls: readonly SoughtCall[],
  total: number,
  sale: SaleFacts,
  situationsMax: number,
  initial: Situation = [],
): Explanation {
  // A call is the same in each of many thousand situations, so its getters are asked once.
  const areLooks = calls.map(isLook);
  const areMoving = calls.map(({ operation }) => mayLeaveHold(operation, sale));
  const fromNs = calls.map((call, index) =>
    areLooks[index] ? lookFromNs(call.operation, sale) : call.fromNs,
  );
  /**
   * The situations that were tried in vain. The moment follows from what has happened in one, so none is tried at another
   * moment. None follows upon itself: so one under way needs no name, and few searches, which found no way at once, need any.
   */
  const tried = new Set<string>();
  let situations = 0;
  const found = visit(
    Number.NEGATIVE_INFINITY,
    calls.map(() => WAITING),
    initial,
  );
  const isKnown = found || situations <= situationsMax;
  return { isPossible: isKnown ? found : undefined, tried: situations };

  function visit(nowNs: number, before: readonly Progress[], holds: Situation): boolean {
    if (situations > situationsMax || isTooLate(nowNs, before, holds)) return false;
    const progress = settleLooks(nowNs, before, holds);
    if (calls.every(({ definite }, index) => !definite || isOver(progress[index]))) return true;
    const key = tried.size === 0 ? undefined : keyOf(progress, holds);
    if (key !== undefined && tried.has(key)) return false;
    situations += 1;
    if (callsMove(nowNs, progress, holds) || timeMoves(nowNs, progress, holds)) return true;
    tried.add(key ?? keyOf(progress, holds));
    return false;
  }

  function isTooLate(nowNs: number, progress: readonly Progress[], holds: Situation): boolean {
    return (
      isOverdue(nowNs, holds) ||
      calls.some(({ definite, toNs }, index) => {
        return definite && toNs < nowNs && !isOver(progress[index]);
      })
    );
  }

  /** An answer that is right now and changes nothing is settled at once: to settle it later would not help. */
  function settleLooks(
    nowNs: number,
    progress: readonly Progress[],
    holds: Situation,
  ): readonly Progress[] {
    return progress.map((state, index) => {
      const isOpen = state === WAITING && areLooks[index] && (fromNs[index] as number) <= nowNs;
      if (!isOpen || areMoving[index]) return state;
      return mayAnswer(calls[index] as SoughtCall, holds, total, sale) ? DONE : state;
    });
  }

  function callsMove(nowNs: number, progress: readonly Progress[], holds: Situation): boolean {
    return calls.some((_call, index) => {
      const state = progress[index] as Progress;
      const atNs = Math.max(nowNs, fromNs[index] as number);
      if (isOverdue(atNs, holds)) return false;
      return nextOf(index, state, atNs, holds).some(({ holds: after, progress: next }) =>
        visit(atNs, progress.with(index, next), after),
      );
    });
  }

  function nextOf(
    index: number,
    state: Progress,
    atNs: number,
    holds: Situation,
  ): { holds: Situation; progress: Progress }[] {
    const call = calls[index] as SoughtCall;
    const then = (moves: { holds: Situation; isWhole: boolean }[], half: Progress) =>
      moves.map((move) => ({ holds: move.holds, progress: move.isWhole ? DONE : half }));
    if (!areLooks[index]) {
      if (isOver(state)) return [];
      return then(movesOf(call, state === HALF, holds, atNs, total, sale), HALF);
    }
    if (state === WAITING) {
      if (areMoving[index]) return then(refusedPurchases(call, holds, total, sale), HALF);
      return mayAnswer(call, holds, total, sale) ? [{ holds, progress: DONE }] : [];
    }
    const mayHoldInVain = call.operation.kind === 'confirm' && state === DONE && atNs <= call.toNs;
    return mayHoldInVain ? then(secondHolds(call, holds, atNs, total, sale), SPENT) : [];
  }

  function timeMoves(nowNs: number, progress: readonly Progress[], holds: Situation): boolean {
    return holds.some((hold) => {
      if (hold.phase === 'lapsed') {
        return visit(nowNs, progress, changed(holds, hold, { phase: 'back' }));
      }
      if (hold.phase !== 'live') return false;
      const atNs = Math.max(nowNs, hold.lapsesFromNs);
      return visit(atNs, progress, changed(holds, hold, { phase: 'lapsed' }));
    });
  }
}

/** True when a hold must have lapsed before, or its units must have been back. */
const isOverdue = (nowNs: number, holds: Situation): boolean =>
  holds.some(
    ({ phase, lapsesToNs, backToNs }) =>
      (phase === 'live' && lapsesToNs < nowNs) || (phase === 'lapsed' && backToNs < nowNs),
  );

const isOver = (progress: Progress | undefined): boolean => progress === DONE || progress === SPENT;

/** Names a situation by the calls that made its holds, so the order of those does not matter. */
function keyOf(progress: readonly Progress[], holds: Situation): string {
  const parts = holds.map(({ madeBy, phase }) => `${madeBy.id} ${phase}`);
  return `${progress} ${parts.sort()}`;
}
