import type { Evidence } from '../../../src/checkers/evidence.ts';

/** One fact of the evidence that is not as it was, as if the server had done otherwise. */
export interface Damage {
  /** The thing, its field and the new value: `orders CONFIRMED.quantity: more`. */
  name: string;
  /** Damages a copy of the evidence. */
  apply(copy: Evidence): void;
}

/** Picks one thing of several. */
export type Pick = <T>(from: readonly T[]) => T;
