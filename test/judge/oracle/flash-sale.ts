import type { Call } from './calls.ts';
import type { Effect, Moment } from './moment.ts';
import { boughtBy, type Hold, hasBought, holdOf } from './shop.ts';
import { mayTake } from './units.ts';
import {
  type Attempt,
  attemptOf,
  type World,
  withChange,
  withDecision,
  withHold,
} from './world.ts';

/** A buyer has one attempt at a SKU. A yes promises a decision over it and nothing else. */
export function accept({ world, nowMs, waived }: Moment, { operation }: Call): Effect[] {
  const { sku = '', buyer = '', id } = operation;
  const step = { atMs: nowMs, event: 'accepted', call: id } as const;
  if (attemptOf(world, sku, buyer) !== undefined) {
    return waived('attempt') ? [{ world, step, isComplete: true }] : [];
  }
  const attempt: Attempt = { sku, buyer, call: id, status: 'pending', holds: [] };
  return [{ world: { ...world, attempts: [...world.attempts, attempt] }, step, isComplete: true }];
}

/** Everything that the worker may do now: hold units for an attempt, sell them, or find that its buyer has bought already. */
export const decisionsOf = (moment: Moment): Effect[] =>
  moment.world.attempts.flatMap((attempt) =>
    attempt.status === 'pending'
      ? [
          ...holdFor(moment, attempt),
          ...sellTo(moment, attempt),
          ...boughtElsewhere(moment, attempt),
        ]
      : [],
  );

const liveHoldOf = (world: World, { holds }: Attempt): Hold | undefined => {
  const last = holdOf(world.holds, holds.at(-1));
  return last?.state === 'live' ? last : undefined;
};

/** A hold that has lapsed before it was sold is replaced. */
function holdFor(moment: Moment, attempt: Attempt): Effect[] {
  const { shop, world, nowMs } = moment;
  const { sku, buyer, call, holds } = attempt;
  const last = holdOf(world.holds, holds.at(-1));
  const isReplaced = last === undefined || last.state === 'swept';
  if (!isReplaced || !mayTake(moment, { sku, buyer, quantity: 1 })) return [];
  const id = `hold-of-attempt-${call}-${holds.length}`;
  const lapsesAtMs = nowMs + shop.holdTtlMs;
  const times = { lapsesFromMs: lapsesAtMs, lapsesAtMs };
  const hold: Hold = { id, sku, buyer, quantity: 1, state: 'live', ...times };
  return [
    {
      world: withDecision(withHold(world, hold), attempt, { holds: [...holds, id] }),
      step: { atMs: nowMs, event: 'held', hold: id, call },
      isComplete: false,
    },
  ];
}

function sellTo({ world, nowMs }: Moment, attempt: Attempt): Effect[] {
  const hold = liveHoldOf(world, attempt);
  if (hold === undefined) return [];
  const order = `order-of-attempt-${attempt.call}`;
  const sold = withChange(world, hold, { state: 'sold', order });
  return [
    {
      world: withDecision(sold, attempt, { status: 'succeeded', order }),
      step: { atMs: nowMs, event: 'sold', hold: hold.id, call: attempt.call },
      isComplete: true,
    },
  ];
}

/** An attempt succeeds with the purchase that its buyer made in another way meanwhile. */
function boughtElsewhere({ world, nowMs }: Moment, attempt: Attempt): Effect[] {
  const { sku, buyer, call } = attempt;
  if (!hasBought(world.holds, sku, buyer)) return [];
  const { order } = world.holds.find(
    (hold) => hold.sku === sku && hold.buyer === buyer && boughtBy([hold], hold.order),
  ) as Hold;
  return [
    {
      world: withDecision(world, attempt, { status: 'succeeded', ...(order && { order }) }),
      step: { atMs: nowMs, event: 'decided', call },
      isComplete: true,
    },
  ];
}
