import { isContention } from '../platform/postgres.ts';
import type { Decision } from './batch.ts';

/** Each try is decided against a newer state, so the second one nearly always is the last. */
const TRIES_MAX = 20;

/**
 * Asks again while the ledger leaves a request undecided (`retry`), or PostgreSQL broke a deadlock. After `triesMax`
 * the answer is `giveUp`'s.
 */
export async function untilDecided<Outcome extends { outcome: string }>(
  ask: () => Promise<Decision<Outcome> | undefined>,
  giveUp: () => Outcome = () => {
    throw new Error('the ledger left the call undecided too often');
  },
  triesMax = TRIES_MAX,
): Promise<Outcome> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    try {
      const decision = await ask();
      if (decision === undefined) throw new Error('the ledger answered nothing');
      if (decision.outcome !== 'retry') return decision as Outcome;
    } catch (error) {
      if (!isContention(error)) throw error;
    }
  }
  return giveUp();
}
