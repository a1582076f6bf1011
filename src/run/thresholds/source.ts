import type { Answer } from './judge.ts';
import type { QueryThreshold } from './plan.ts';

/** Somebody who can be asked for a number. */
export interface QuerySource {
  language: 'promql' | 'sql';
  thresholds: QueryThreshold[];
  /** @throws UserError (environment) when nobody answers, (usage) when the query is not understood */
  rehearse(query: string): Promise<void>;
  /** Waits until what has happened is known there. Answers with why it may not be, if so. */
  catchUp?(): Promise<string | undefined>;
  /** Rejects only when the run is given up. */
  ask(query: string): Promise<Answer>;
}
