import type { BenchPart } from '../../context.ts';
import { measure } from '../../kit/measure.ts';
import { ours, reservingPlan } from '../../kit/reserving.ts';
import { type Curve, reportCurve } from './curve.ts';

const INSTANCES = [1, 2, 3, 4];

export const instances: BenchPart = {
  name: 'instances',
  about: 'how cost grows with the server instances that share a database',
  isDefault: true,
  async run({ openArena, rounds }) {
    const arena = await openArena();
    const points: Curve['points'] = [];
    for (const count of INSTANCES) {
      const plan = reservingPlan({ connections: 256, count: 20_000, rounds, instances: count });
      points.push({ x: count, rounds: await measure(arena, ours('ours, all roles'), plan) });
    }
    return reportCurve({
      name: 'instances',
      title: '256 callers of one hot SKU, more server instances',
      xLabel: 'instances',
      isLogarithmic: false,
      points,
    });
  },
};
