import type { BenchPart } from '../../context.ts';
import { measure } from '../../kit/measure.ts';
import { ours, reservingPlan } from '../../kit/reserving.ts';
import { type Curve, reportCurve } from './curve.ts';

const GROUPS = [1, 2, 4, 8];

export const groups: BenchPart = {
  name: 'groups',
  about: 'how cost grows with the consumer groups that get every event',
  isDefault: true,
  async run({ openArena, rounds }) {
    const arena = await openArena();
    const points: Curve['points'] = [];
    for (const count of GROUPS) {
      const plan = reservingPlan({
        ...{ connections: 256, count: 20_000, rounds },
        delivers: { group: 'bench-1', eventsPerJourney: 2 },
      });
      const server = ours('ours, all roles', { BENCH_GROUPS: String(count) });
      points.push({ x: count, rounds: await measure(arena, server, plan) });
    }
    return reportCurve({
      name: 'groups',
      title: '256 callers of one hot SKU, more consumer groups that do nothing',
      xLabel: 'consumer groups',
      isLogarithmic: false,
      points,
    });
  },
};
