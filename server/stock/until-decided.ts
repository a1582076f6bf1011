import { isContention } from '../platform/postgres.ts';
import type { Decision } from './batch.ts';

/** Each try is decided against a newer state, so a second one nearly always is the last. */
const TRIES_MAX = 20;

/**
 * Asks the ledger again while others change what it looks at: on `retry`, and when PostgreSQL broke a deadlock. After
 * `TRIES_MAX` the answer is `giveUp`'s.
 */
export async function untilDecided<Outcome extends { outcome: string }>(
  ask: () => Promise<Decision<Outcome> | undefined>,
  giveUp: () => Outcome = () => {
    throw new Error(`the ledger was still contended after ${TRIES_MAX} tries`);
  },
): Promise<Outcome> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
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
