import { copyOf, type Operation } from '../../history/operation.ts';
import { memoized } from '../../kernel/memo.ts';
import type { Evidence } from '../evidence.ts';
import { type Decision, findDecisions } from './decisions.ts';
import { eventfulCalls } from './eventful-calls.ts';
import { findWishes } from './wishes.ts';

/** An attempt that was accepted and declined later, as if it had been refused when its buyer was told. */
export interface DeclinedAttempt {
  refusal: Operation;
  /** The answers that tell of it: the one to the attempt, and the one that told of the decision. */
  answers: [attempt: Operation, read: Operation];
}

/** Finds the attempts that were declined for sure. */
export const findDeclined = memoized((evidence: Evidence): DeclinedAttempt[] => {
  const decisions = findDecisions(evidence);
  return eventfulCalls(findWishes(evidence).calls).flatMap((attempt) => {
    const decision = decisions.over(attempt);
    if (!decision?.isSure || decision.isYes) return [];
    // A number in the answer to the attempt is none of the decision.
    const { sequence: _, ...asked } = copyOf(attempt);
    const refusal = { ...asked, ...asTold(attempt, decision) };
    return [{ refusal, answers: [attempt, decision.read] }];
  });
});

/** The recorded answers that a refusal rests on: itself, or those that tell of a declined attempt. */
export const answersBehind = (refusal: Operation, evidence: Evidence): readonly Operation[] =>
  findDeclined(evidence).find((each) => each.refusal === refusal)?.answers ?? [refusal];

/** The outcome of an attempt, as if it had been answered when its buyer was told of the decision. */
function asTold(
  { completedAtNs, outcome }: Operation,
  { isYes, read }: Decision,
): Pick<Operation, 'outcome' | 'completedAtNs' | 'status' | 'code'> {
  const acceptedNs = outcome === 'ok' ? completedAtNs : read.completedAtNs;
  return {
    outcome: isYes ? 'ok' : 'fail',
    completedAtNs: Math.max(acceptedNs, read.completedAtNs),
    status: read.status,
    ...(read.code === undefined ? {} : { code: read.code }),
  };
}

/** A call for units, as far as it matters for a race. */
export type RacingCall = Pick<
  Operation,
  'kind' | 'outcome' | 'code' | 'invokedAtNs' | 'completedAtNs'
>;

/** The calls for one SKU, with its attempts as their buyers learned of them. */
export interface DecidedCalls {
  calls: RacingCall[];
  /** True for an attempt that failed when its SKU was sold out. */
  isSoldOut(call: RacingCall): boolean;
}

/**
 * Reads attempts as if they had been answered when their buyers were told of the decision. Where a "no" has no reason, it
 * means "sold out" only if those who were told "yes" have all the units.
 */
export function createAttemptReader(
  evidence: Evidence,
): (calls: Operation[], total: number) => DecidedCalls {
  const decisions = findDecisions(evidence);
  return (calls, total) => {
    const declined = new Set<RacingCall>();
    let units = 0;
    const decided = calls.map((call): RacingCall => {
      const { kind, invokedAtNs, quantity } = call;
      const decision = decisions.over(call);
      if (decision === undefined) return call;
      const told: RacingCall = { kind, invokedAtNs, ...asTold(call, decision) };
      if (decision.isYes) units += quantity;
      else if (told.code === undefined) declined.add(told);
      return told;
    });
    return { calls: decided, isSoldOut: (call) => units >= total && declined.has(call) };
  };
}
