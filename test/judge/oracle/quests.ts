import type { Call } from './calls.ts';
import type { Effect, Moment, Step } from './moment.ts';
import { availableOf } from './shop.ts';
import type { World } from './world.ts';

/** True if a player's quest has been decided, or is being decided: it is worth one voucher, or is told that none is left. */
export function isDecided({ holds, gone }: World, { operation }: Call): boolean {
  const { sku = '', buyer = '' } = operation;
  return (
    gone.includes(nameOfQuest(sku, buyer)) ||
    holds.some((hold) => hold.sku === sku && hold.buyer === buyer)
  );
}

/** Tells a player who completes a quest that no voucher is left. That is final. */
export function tellGone({ shop, world, nowMs, waived }: Moment, call: Call): Effect[] {
  const { sku = '', buyer = '', id } = call.operation;
  if (availableOf(shop, world.holds, sku) > 0 && !waived('soldOut')) return [];
  if (isDecided(world, call) && !waived('reward')) return [];
  const step: Step = { atMs: nowMs, event: 'refused', call: id };
  const gone = [...world.gone, nameOfQuest(sku, buyer)];
  return [{ world: { ...world, gone }, step, isComplete: true }];
}

/** The quest of a player: one for each SKU of rewards. */
export const nameOfQuest = (sku: string, buyer: string): string => `${sku} ${buyer}`;
