import { partId } from '../../src/kernel/ids.ts';
import type { BasketLine } from './ledger.ts';

/**
 * The lines of a basket as the ledger takes them. The ids of their holds follow from that of the basket, so a call that is
 * repeated asks for the same holds, also while the first one is still under way; they are in the order of the lines. The id
 * of the call that the ledger stores with a line has the number of the line.
 */
export const basketLines = (
  basketId: string,
  wanted: { skuId: string; quantity: number }[],
  callId: string | undefined,
): BasketLine[] =>
  wanted.map(({ skuId, quantity }, place) => ({
    ...{ holdId: partId(basketId, place + 1), skuId, quantity },
    callId: callId === undefined ? undefined : `${callId}.${place + 1}`,
  }));
