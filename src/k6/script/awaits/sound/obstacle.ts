import type { AnyNode } from '../syntax/nodes.ts';

/** A place for which it cannot be said that calls that block are waited for as k6 does. */
export interface Obstacle {
  at: AnyNode;
  why: string;
}
