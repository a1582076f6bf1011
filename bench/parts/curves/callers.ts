import type { BenchPart } from '../../context.ts';
import { runRounds, withServers } from '../../kit/measure.ts';
import { ours, reservingPlan } from '../../kit/reserving.ts';
import { type Curve, reportCurve } from './curve.ts';

const CALLERS = [1, 4, 16, 64, 256, 1_000, 2_000];

/** One caller waits for a commit each time, so it makes fewer reservations in a round. */
const countOf = (callers: number): number => Math.min(20_000, Math.max(2_000, callers * 300));

export const callers: BenchPart = {
  name: 'callers',
  about: 'how cost grows with the callers that reserve at the same time',
  isDefault: true,
  run: async ({ openArena, rounds }) =>
    withServers(await openArena(), ours('ours, all roles'), 1, async (servers) => {
      const points: Curve['points'] = [];
      for (const connections of CALLERS) {
        const plan = reservingPlan({ connections, count: countOf(connections), rounds });
        points.push({ x: connections, rounds: await runRounds(servers, plan) });
      }
      return reportCurve({
        name: 'callers',
        title: 'One hot SKU, more callers',
        xLabel: 'callers',
        isLogarithmic: true,
        points,
      });
    }),
};
