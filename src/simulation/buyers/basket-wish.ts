import type { Wanted } from '../server/answer.ts';
import { pick, type World } from '../world.ts';

const LINES_MAX = 4;

/** Some SKUs in any order that a buyer wants together; undefined for one who wants a single SKU. */
export function wishForBasket(world: World): Wanted[] | undefined {
  const { random, options, skus } = world;
  if (options.basketRate === 0 || skus.length < 2 || random() >= options.basketRate) {
    return undefined;
  }
  const size = 2 + Math.floor(random() * (Math.min(LINES_MAX, skus.length) - 1));
  const chosen = new Set<string>();
  while (chosen.size < size) chosen.add(pick(world, skus));
  return [...chosen].map((sku) => ({
    sku,
    quantity: 1 + Math.floor(random() * options.quantityMax),
  }));
}
