import type { Operation } from '../../../history/operation.ts';

/** Something wrong with the reward of a quest: a sentence without its full stop, and the call that was told otherwise. */
export interface WrongReward {
  what: string;
  call?: Operation;
}
