import type { Operation } from '../../../history/operation.ts';

/** Something of one buyer that another buyer was given or used. */
export interface Theft {
  /** A sentence without its full stop. */
  what: string;
  /** The calls that show it. */
  calls: Operation[];
}
