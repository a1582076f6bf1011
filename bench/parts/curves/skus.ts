import type { BenchPart } from '../../context.ts';
import { measure, reserve } from '../../kit/measure.ts';
import { ours, reservingPlan } from '../../kit/reserving.ts';
import { stockSkus } from '../../kit/stock-sku.ts';
import { type Curve, reportCurve } from './curve.ts';

const SKUS = [1, 10, 100, 1_000];
const COUNT = 20_000;
const CONNECTIONS = 256;

export const skus: BenchPart = {
  name: 'skus',
  about: 'how cost grows with the SKUs on sale, bought as Zipf says',
  isDefault: true,
  async run({ openArena, rounds }) {
    const arena = await openArena();
    const points: Curve['points'] = [];
    for (const count of SKUS) {
      const plan = reservingPlan({
        ...{ connections: CONNECTIONS, count: COUNT, rounds },
        async prepare({ pool }, _origin, buyers) {
          const skuIds = await stockSkus(pool, count, buyers);
          const pick = zipf(count);
          const journeys = skuIds.map(reserve);
          return (send, buyer, index) =>
            journeys[pick(fraction(index))]?.(send, buyer, index) as Promise<unknown>;
        },
      });
      points.push({ x: count, rounds: await measure(arena, ours('ours, all roles'), plan) });
    }
    return reportCurve({
      name: 'skus',
      title: `${CONNECTIONS} callers, more SKUs (Zipf)`,
      xLabel: 'SKUs',
      isLogarithmic: true,
      points,
    });
  },
};

/** Picks one of `count` ranks by a fraction of 0 … 1; the n-th is picked 1/n as often as the first. */
function zipf(count: number): (fraction: number) => number {
  const weights = Array.from({ length: count }, (_, rank) => 1 / (rank + 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  const bounds = weights.map((weight) => {
    sum += weight / total;
    return sum;
  });
  return (fraction) => {
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((bounds[middle] as number) < fraction) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** Spreads numbers evenly over 0 … 1, the same in every round. */
const fraction = (index: number): number => (index * 0.618033988749895) % 1;
