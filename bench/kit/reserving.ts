import type { Contestant } from './contestant.ts';
import { type Plan, reserve } from './measure.ts';
import { stockSku } from './stock-sku.ts';

/** The reference server, with all roles unless `env` says otherwise. */
export const ours = (name: string, env: Record<string, string> = {}): Contestant => ({
  name,
  run: { script: 'servers/ours.js' },
  env,
});

/** The consumer group that gets every event about stock, and the events of one reservation. */
export const RESERVATION_EVENTS = { group: 'analytics', eventsPerJourney: 2 };

/** Every buyer reserves one unit of one hot SKU with stock for all. */
export function reservingPlan(
  plan: Pick<Plan, 'connections' | 'count' | 'rounds'> & Partial<Plan>,
): Plan {
  return {
    warmUp: Math.ceil(plan.count / 4),
    delivers: RESERVATION_EVENTS,
    greets: true,
    answers: { 201: 1 },
    prepare: async ({ pool }, _origin, count) => reserve(await stockSku(pool, count)),
    ...plan,
  };
}
