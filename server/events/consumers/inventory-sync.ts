import { type StockEvent, TOPICS } from '../../../src/protocol/events.ts';
import type { Consumer } from '../event.ts';

/**
 * Repairs the stock counters of the hot store when units are back on sale: a counter that is too low turns buyers away who
 * could buy. One that is too high does no harm, because the ledger refuses the buyers.
 *
 * @param unitsCameBack makes the hot store's counter of a SKU agree with the ledger; safe to repeat
 */
export const createInventorySync = (unitsCameBack: (skuId: string) => void): Consumer => ({
  group: 'inventory-sync',
  topics: [TOPICS.inventory],
  async handle(events) {
    const released = events.filter(({ type }) => type === 'RELEASED');
    for (const skuId of new Set(released.map(({ payload }) => (payload as StockEvent).skuId))) {
      unitsCameBack(skuId);
    }
  },
});
