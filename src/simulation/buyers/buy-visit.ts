import { createOrderVisit } from './order-visit.ts';
import type { Visit, Visitor } from './visit.ts';

/** A buyer buys in one call, as in a small shop. */
export const createBuyVisit = (visitor: Visitor): Visit =>
  createOrderVisit(visitor, visitor.server.buying, (_, buyer, visitsLeft) =>
    visitor.comeAgain(buyer, visitsLeft),
  );
