import type { Operation } from '../../../history/operation.ts';

/** Units that were given otherwise than they are sold. */
export interface Breach {
  /** A sentence without its full stop. */
  what: string;
  /** The call that got them, if it is known. */
  call?: Operation;
}
