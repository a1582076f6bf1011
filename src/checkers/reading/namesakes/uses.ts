import { type Operation, takesStock } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import type { Thing } from './things.ts';

/**
 * Creates the search for the thing that a call is about which names it: the one of its buyer that had the name then, or
 * anybody's if its buyer had none. Undefined if it may be about several, or about one of which its buyer was not told.
 *
 * @param things those of one name, in the order in which they were given
 */
export function createUseSearch(
  things: readonly Thing[],
  mayHaveUntold: (call: Operation) => boolean,
): (call: Operation) => Thing | undefined {
  const ofBuyer = groupBy(things, ({ buyer }) => buyer);
  const ended = new Map(things.map((thing) => [thing.endedBy, thing]));
  const ofAnybody = (call: Operation): readonly Thing[] => (mayHaveUntold(call) ? [] : things);
  return (call) =>
    ended.get(call) ?? onlyThing(call, ofBuyer.get(call.buyer ?? '') ?? ofAnybody(call));
}

/** Creates the test for calls whose buyer may have got something before by a call without an answer. */
export function createUntoldTest(operations: readonly Operation[]): (call: Operation) => boolean {
  const firstNs = new Map<string | undefined, number>();
  for (const { kind, outcome, buyer, invokedAtNs } of operations) {
    const mayGive = outcome === 'info' && (takesStock(kind) || kind === 'confirm');
    if (mayGive && !firstNs.has(buyer)) firstNs.set(buyer, invokedAtNs);
  }
  return ({ buyer, completedAtNs }) =>
    (firstNs.get(buyer) ?? Number.POSITIVE_INFINITY) < completedAtNs;
}

function onlyThing(call: Operation, things: readonly Thing[]): Thing | undefined {
  let found: Thing | undefined;
  /** SKUs of which a later thing surely had the name when the call was made. */
  const given = new Set<string | undefined>();
  for (let place = things.length - 1; place >= 0; place--) {
    const thing = things[place] as Thing;
    const { sku, fromNs, toldNs } = thing;
    const isOfOther = sku !== undefined && call.sku !== undefined && sku !== call.sku;
    if (fromNs > call.completedAtNs || isOfOther || given.has(sku)) continue;
    if (found !== undefined) return undefined;
    found = thing;
    if (toldNs >= call.invokedAtNs) continue;
    if (call.sku !== undefined) break;
    given.add(sku);
  }
  return found;
}
