import type { Operation, SaleFacts } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { shortestTtlNs } from './hold-ttl.ts';

/**
 * Groups the calls whose answers tell a buyer of one and the same thing: attempts that were accepted with one id; and in a
 * described shop, which may answer a second call with what its buyer has already, also holds and orders.
 *
 * @param calls in the order of invocation
 */
export function groupToldAgain(calls: Operation[], sale: SaleFacts): Operation[][] {
  const attempts = [...groupBy(calls, idOfAttempt).values()];
  if (sale.shop === undefined) return attempts;
  const givenBack = new Set<string | undefined>();
  for (const { kind, outcome, hold, order } of calls) {
    const mayGiveBack = (kind === 'release' || kind === 'cancel') && outcome !== 'fail';
    if (mayGiveBack) givenBack.add(hold).add(order);
  }
  // A thing that was given back may be given again, under the same name.
  const isKept = ({ hold, order }: Operation): boolean =>
    (hold === undefined || !givenBack.has(hold)) && (order === undefined || !givenBack.has(order));
  const idOf = (call: Operation): string | undefined =>
    isKept(call) ? idOfThing(call) : undefined;
  const things = [...groupBy(calls, idOf).values()].map(([first, ...others]) => [
    first as Operation,
    ...others.filter((call) => isStillThere(first as Operation, call, sale)),
  ]);
  return [...attempts, ...things];
}

const idOfAttempt = (call: Operation): string | undefined => {
  if (call.kind !== 'attempt' || call.outcome !== 'ok') return undefined;
  const { sku, buyer, order, hold = order } = call;
  return hold === undefined ? undefined : `${sku} ${hold} ${order} ${buyer}`;
};

const idOfThing = (call: Operation): string | undefined => {
  const { kind, outcome, sku, quantity, buyer, hold, order } = call;
  if (outcome !== 'ok' || buyer === undefined) return undefined;
  const isSale = kind === 'confirm' || kind === 'buy' || kind === 'register';
  const name = isSale ? order : kind === 'reserve' ? hold : undefined;
  return name === undefined ? undefined : `${kind} ${sku} ${quantity} ${hold} ${order} ${buyer}`;
};

/** True for a sale, and for a hold that cannot have lapsed before it was told again. */
const isStillThere = (first: Operation, call: Operation, sale: SaleFacts): boolean =>
  call.kind !== 'reserve' || call.completedAtNs < first.invokedAtNs + shortestTtlNs(sale);
