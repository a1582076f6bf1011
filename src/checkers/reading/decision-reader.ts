import type { Operation } from '../../history/operation.ts';
import type { Evidence } from '../evidence.ts';
import { findDecisions } from './decisions.ts';

/** Creates the function that tells how an attempt was decided, and the id of its order. */
export function createDecisionReader(evidence: Evidence) {
  const { over } = findDecisions(evidence);
  return (call: Operation): { decided: boolean | undefined; toldOrder?: string | undefined } => {
    const decision = over(call);
    if (decision?.isYes) return { decided: true, toldOrder: decision.read.order };
    return { decided: decision?.isSure ? false : undefined };
  };
}
