import { type StockEvent, TOPICS } from '../../../src/protocol/events.ts';
import type { Consumer } from '../event.ts';

/**
 * Repairs what the hot store believes about stock. Units that came back on sale matter: a store that did not hear of them
 * turns buyers away who could buy. Units that went are refused by the ledger anyway.
 *
 * @param unitsCameBack brings the hot store in line with the ledger for a SKU; safe to repeat
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
