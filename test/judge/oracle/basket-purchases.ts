import { together } from './baskets.ts';
import type { Call } from './calls.ts';
import type { Effect, Moment } from './moment.ts';
import { sellWithVoucher } from './sale-at-once.ts';
import type { Hold } from './shop.ts';
import { take } from './units.ts';
import type { World } from './world.ts';

type Lines = readonly Call[];

/**
 * Takes units of several SKUs and sells them in one call, which others may see in two steps. A call that repeats a key goes on with
 * what is held under it, or begins anew when that has lapsed. Nothing is taken again for a payment that comes late.
 */
export function buyBasket(moment: Moment, lines: Lines, isHalfDone: boolean): Effect[] {
  const sold = together(moment, lines, (now, line) => {
    const held = triesOf(now.world, line).find(({ state }) => state === 'live');
    return sellWithVoucher(now, line, held)[0];
  });
  return isHalfDone ? sold : [...sold, ...holdBasket(moment, lines)];
}

/** Holds units for all lines, under names that no answer has. */
export function holdBasket(moment: Moment, lines: Lines): Effect[] {
  const held = together(moment, lines, (now, line) => {
    const tries = triesOf(now.world, line);
    if (tries.some(({ state }) => state !== 'swept')) return undefined;
    return take(now, line, `try-${tries.length + 1}${ofWish(line)}`)[0];
  });
  return held.map((effect) => ({ ...effect, isComplete: false }));
}

/** The units that were held for a line by the calls of one wish. */
const triesOf = ({ holds }: World, line: Call): Hold[] =>
  holds.filter(({ id }) => id.endsWith(ofWish(line)));

const ofWish = ({ operation, wish }: Call): string => `-of-${wish?.name ?? `call-${operation.id}`}`;
