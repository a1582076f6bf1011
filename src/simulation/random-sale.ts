import { createRandom } from '../kernel/random.ts';
import type { SimulationOptions } from './world.ts';

type Shape = Required<Omit<SimulationOptions, 'seed' | 'bug' | 'unitsPerBuyerMax' | 'isScraped'>>;

/** Whole numbers from `min` to `max`, or some values. */
type Choice<T> = readonly T[] | { min: number; max: number };

/** Sales of every shape that takes a few milliseconds to simulate. */
export const SHAPES: { [Name in keyof Shape]: Choice<Shape[Name]> } = {
  buyers: { min: 1, max: 400 },
  total: { min: 0, max: 40 },
  skus: { min: 1, max: 3 },
  quantityMax: { min: 1, max: 4 },
  arrivalRate: { min: 100, max: 20_000 },
  holdTtlMs: { min: 5, max: 300 },
  sweepGraceMs: { min: 1, max: 80 },
  instances: { min: 1, max: 3 },
  isKilled: [false, true],
  lossRate: [0, 0.02, 0.3],
  flow: ['reserve', 'register', 'quest', 'attempt', 'tickets'],
  retryRate: [0, 0.2],
  theftRate: [0, 0.3],
  readRate: [0, 0.3],
  trackRate: [0, 0.3],
  paymentMs: [0, 20, 100],
  lockWaitMs: [0, 10],
  batchMs: [0, 2, 10],
  refusalLagMs: [0, 50],
  clockAheadMs: [0, -1_500, 700, 3_600_000],
  clockGainPpm: [0, -300, 300],
  sideDoorRate: [0, 0.2],
  opensMs: [Number.NEGATIVE_INFINITY, 10, 40],
  closesMs: [50, 100, Number.POSITIVE_INFINITY],
  // The last one, so that a seed makes the sale that it made before there were baskets, with or without some.
  basketRate: [0, 0, 0.4],
};

/** A sale of a shape that its seed decides. */
export function randomSale(seed: number): SimulationOptions {
  const random = createRandom(seed);
  const shape = Object.entries(SHAPES).map(([name, choice]: [string, Choice<unknown>]) => [
    name,
    'min' in choice
      ? choice.min + Math.floor(random() * (choice.max - choice.min + 1))
      : choice[Math.floor(random() * choice.length)],
  ]);
  return { seed, ...(Object.fromEntries(shape) as Shape) };
}
