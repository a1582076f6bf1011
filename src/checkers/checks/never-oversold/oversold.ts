import type { Operation } from '../../../history/operation.ts';
import type { Finding, Witness } from '../../checker.ts';
import { witnessOperations } from '../../prose.ts';

/** A finding of an oversell, or of a possible one. It always has a witness. */
export type Oversold = Finding & { witness: Witness };

/** Holds shown in a witness: the last units up to the total and the first beyond it. More would not make it clearer. */
export const SHOWN_HELD = 5;

export const oversold = (summary: string, prose: string, operations: Operation[]): Oversold => ({
  status: 'invalid',
  summary,
  witness: { prose, operations: witnessOperations(operations) },
});
