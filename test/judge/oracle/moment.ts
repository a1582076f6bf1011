import type { Rule } from './rules.ts';
import type { Shop } from './shop.ts';
import type { World } from './world.ts';

/** One event of an explanation: a change in the shop, or the look at it that a refusal or a read rests on. */
export interface Step {
  atMs: number;
  event:
    | 'held'
    | 'sold'
    | 'released'
    | 'returned'
    | 'fulfilled'
    | 'lapsed'
    | 'swept'
    | 'used'
    | 'let in'
    | 'accepted'
    | 'decided'
    /** Events were stored that a client told the analytics. */
    | 'tracked'
    | 'refused'
    | 'read'
    /** The answer of another call of the same wish was given again. */
    | 'repeated';
  hold?: string;
  /** The call that did it; absent for what the shop does by itself. */
  call?: number;
}

export interface Effect {
  world: World;
  step: Step;
  /** The events of the other lines of a basket, at the same moment. */
  others?: readonly Step[];
  /** True when the call has done all that it does. The first half of a late payment is to hold units again. */
  isComplete: boolean;
}

/** Answers true for a rule that may be broken, to find out which rule a history breaks. */
export type Waived = (rule: Rule) => boolean;

/** The moment at which something may happen, and what holds then. */
export interface Moment {
  shop: Shop;
  world: World;
  nowMs: number;
  waived: Waived;
}

/** The events of a shop in their order, and what was in it after the last of them. */
export interface Events {
  steps: readonly Step[];
  world: World;
  nowMs: number;
}
