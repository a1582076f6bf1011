import fc from 'fast-check';
import { SHAPES } from '../../src/simulation/random-sale.ts';
import type { SimulationOptions } from '../../src/simulation/world.ts';

type Shapes = { [Name in keyof typeof SHAPES]: fc.Arbitrary<Required<SimulationOptions>[Name]> };

const shapes = Object.fromEntries(
  Object.entries(SHAPES).map(([name, choice]) => [
    name,
    'min' in choice ? fc.integer(choice) : fc.constantFrom(...(choice as readonly unknown[])),
  ]),
) as Shapes;

/** Sales of every shape that takes a few milliseconds to simulate. */
export const arbitrarySale = fc.record({ seed: fc.integer({ min: 0 }), ...shapes });
