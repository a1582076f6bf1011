import { isContention } from '../platform/postgres.ts';
import type { Decision } from './batch.ts';

/** Each try is decided on a newer state, so the second try is nearly always the last. */
const TRIES_MAX = 20;

/**
 * Repeats a call while the ledger leaves it undecided (`retry`) or PostgreSQL ends it to break a deadlock. After
 * `triesMax` tries the outcome is that of `giveUp`.
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
      if (decision === undefined) throw new Error('the ledger gave no outcome');
      if (decision.outcome !== 'retry') return decision as Outcome;
    } catch (error) {
      if (!isContention(error)) throw error;
    }
  }
  return giveUp();
}
