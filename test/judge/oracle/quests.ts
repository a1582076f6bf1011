import type { Call } from './calls.ts';
import type { Effect, Moment, Step } from './moment.ts';
import { sellWithVoucher } from './sale-at-once.ts';
import { availableOf, type Hold } from './shop.ts';
import { take } from './units.ts';
import type { World } from './world.ts';

/** Gives the voucher of a quest: holds a unit, and sells it. */
export function giveReward(moment: Moment, call: Call): Effect[] {
  const held = triesOf(moment.world, call).find(({ state }) => state === 'live');
  return held === undefined ? holdReward(moment, call) : sellWithVoucher(moment, call, held);
}

/** Holds a unit for a quest. If that lapses before it is sold, the voucher is still owed, and whoever finds it so holds another one. */
function holdReward(moment: Moment, call: Call): Effect[] {
  const { world, nowMs, waived } = moment;
  if (isDecided(world, call) && !waived('reward')) return [];
  const tries = triesOf(world, call).length;
  const fromMs = tries === 0 ? call.fromMs : nowMs;
  return take(moment, { ...call, fromMs }, `${nameOfTries(call)}${tries + 1}`);
}

/** Tells a player who completes a quest that no voucher is left. That is final. A unit that was held for them before has lapsed. */
export function tellGone(moment: Moment, call: Call): Effect[] {
  const { shop, world, nowMs, waived } = moment;
  const { sku = '', buyer = '', id } = call.operation;
  const mayHaveLapsed = call.fromMs + shop.holdTtlMs <= call.toMs;
  const inVain = mayHaveLapsed ? holdReward(moment, call) : [];
  if (availableOf(shop, world.holds, sku) > 0 && !waived('soldOut')) return inVain;
  if (isDecided(world, call) && !waived('reward')) return inVain;
  const step: Step = { atMs: nowMs, event: 'refused', call: id };
  const gone = [...world.gone, nameOfQuest(sku, buyer)];
  return [{ world: { ...world, gone }, step, isComplete: true }, ...inVain];
}

/** True if a player's quest has been decided, or is being decided: it is worth one voucher, or is told that none is left. */
function isDecided({ holds, gone }: World, call: Call): boolean {
  const { sku = '', buyer = '' } = call.operation;
  const isVain = ({ id, state }: Hold): boolean =>
    state === 'swept' && id.startsWith(nameOfTries(call));
  return (
    gone.includes(nameOfQuest(sku, buyer)) ||
    holds.some((hold) => hold.sku === sku && hold.buyer === buyer && !isVain(hold))
  );
}

/** The units that were held for the quest that a call completes. Only the last of them can be live. */
const triesOf = ({ holds }: World, call: Call): Hold[] =>
  holds.filter(({ id }) => id.startsWith(nameOfTries(call)));

const nameOfTries = ({ operation }: Call): string => `try-of-call-${operation.id}-`;

/** The quest of a player: one for each SKU of rewards. */
export const nameOfQuest = (sku: string, buyer: string): string => `${sku} ${buyer}`;
