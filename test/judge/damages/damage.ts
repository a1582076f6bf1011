import type { Evidence } from '../../../src/checkers/evidence.ts';

/** One fact of the evidence that is not as it was, as if the server had done otherwise. */
export interface Damage {
  /** The thing, its field and the new value: `orders CONFIRMED.quantity: more`. */
  name: string;
  /** Damages a copy of the evidence. */
  apply(copy: Evidence): void;
}

/**
 * Takes one thing of several to be damaged: the middle one, because those at the edges of a sale are special. The choice rests on
 * nothing but the candidates, so that a new damage changes none of the others.
 */
export const middleOf = <T>(from: readonly T[]): T => from[Math.floor(from.length / 2)] as T;
