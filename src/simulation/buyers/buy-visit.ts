import { createOrderVisit } from './order-visit.ts';
import type { Visit, Visitor } from './visit.ts';

/** A buyer buys units of one SKU in one call, as in a small shop. */
export const createBuyVisit = (visitor: Visitor): Visit =>
  createOrderVisit(visitor, visitor.server.buy, (_, buyer, visitsLeft) =>
    visitor.comeAgain(buyer, visitsLeft),
  );
