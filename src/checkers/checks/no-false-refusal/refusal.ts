import type { Operation } from '../../../history/operation.ts';
import type { RefusalReason } from '../../../history/refusal-reason.ts';

/** A refusal that says something about the sale. */
export interface Refusal {
  /** The refused call; a declined attempt as if it had been refused when its buyer was told. */
  call: Operation;
  /** The recorded answers that tell of the refusal. */
  answers: readonly Operation[];
  reason: RefusalReason;
  /** The first and the last moment at which it can have been decided. */
  fromNs: number;
  toNs: number;
}

/** The proof that a refusal was false. */
export interface Disproof {
  /** The reason, as a sentence without its full stop. */
  why: string;
  /** The calls that prove it, besides the refused one. */
  operations: Operation[];
}

/** Looks for the proof that a refusal was false at every moment at which it can have been decided. */
export type Disprove = (refusal: Refusal) => Disproof | undefined;
