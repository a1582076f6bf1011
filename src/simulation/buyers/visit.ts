import type { Network } from '../network.ts';
import type { Server } from '../server/server.ts';
import type { World } from '../world.ts';
import type { Thief } from './thief.ts';

/** Lets one buyer visit the sale; `visitsLeft` is the number of further visits. */
export type Visit = (buyer: string, visitsLeft: number) => void;

/** The parts that a visit is made of. */
export interface Visitor {
  world: World;
  network: Network;
  server: Server;
  thief: Thief;
  /** Lets the buyer come again later, sometimes. */
  comeAgain: Visit;
}
