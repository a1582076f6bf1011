import type { World } from '../world.ts';
import type { Request, Wanted } from './answer.ts';
import type { Stock } from './stock.ts';

/** The units that each instance has seen when it had to turn somebody away: the filter in front of the ledger. */
export interface SoldOutMemory {
  /** True for a buyer whom the instance turns away without a look at the ledger: never somebody who had units before. */
  refuses(request: Request, wanted: Wanted): boolean;
  /** Remembers how few units of a SKU there are. */
  remember(instance: number, sku: string): void;
}

export function createSoldOutMemory(
  { timeline, options }: World,
  stock: Pick<Stock, 'shelf' | 'hasEverHeld'>,
): SoldOutMemory {
  const memories = new Map<string, { available: number; seenNs: number }>();

  return {
    refuses({ buyer, instance }, { sku, quantity }) {
      const memory = memories.get(`${instance} ${sku}`);
      if (memory === undefined || stock.hasEverHeld(sku, buyer)) return false;
      const ageNs = timeline.nowNs() - memory.seenNs;
      return ageNs < options.refusalLagMs * 1e6 && quantity > memory.available;
    },
    remember(instance, sku) {
      const { available } = stock.shelf(sku);
      memories.set(`${instance} ${sku}`, { available, seenNs: timeline.nowNs() });
    },
  };
}
