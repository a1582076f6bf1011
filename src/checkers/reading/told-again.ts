import type { Operation, SaleFacts } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { shortestTtlNs } from './hold-ttl.ts';

/**
 * Groups the calls whose answers tell a buyer of one and the same thing: attempts that were accepted with one id; and in a
 * described shop, which may say yes to what is done already, also holds, orders, and what gave one of them back.
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
  const endings = groupBy(calls, createIdOfEnding(calls)).values();
  return [...attempts, ...things, ...endings];
}

/** Names what a call gave back; nothing if it was given more than once under its name, and so may have been given back as often. */
function createIdOfEnding(calls: Operation[]): (call: Operation) => string | undefined {
  const given = new Set<string>();
  const givenAgain = new Set<string>();
  for (const { kind, outcome, hold, order } of calls) {
    const name = kind === 'reserve' ? hold : TELLS_ORDER.has(kind) ? order : undefined;
    if (outcome !== 'ok' || name === undefined) continue;
    if (given.has(name)) givenAgain.add(name);
    given.add(name);
  }
  return ({ kind, outcome, buyer, hold, order }) => {
    const name = kind === 'release' ? hold : kind === 'cancel' ? (order ?? hold) : undefined;
    if (outcome !== 'ok' || buyer === undefined || name === undefined) return undefined;
    return givenAgain.has(name) ? undefined : `${kind} ${name} ${buyer}`;
  };
}

const TELLS_ORDER: ReadonlySet<Operation['kind']> = new Set(['confirm', 'buy', 'register']);

const idOfAttempt = (call: Operation): string | undefined => {
  if (call.kind !== 'attempt' || call.outcome !== 'ok') return undefined;
  const { sku, buyer, order, hold = order } = call;
  return hold === undefined ? undefined : `${sku} ${hold} ${order} ${buyer}`;
};

const idOfThing = (call: Operation): string | undefined => {
  const { kind, outcome, sku, quantity, buyer, hold, order } = call;
  if (outcome !== 'ok' || buyer === undefined) return undefined;
  const name = TELLS_ORDER.has(kind) ? order : kind === 'reserve' ? hold : undefined;
  return name === undefined ? undefined : `${kind} ${sku} ${quantity} ${hold} ${order} ${buyer}`;
};

/** True for a sale, and for a hold that cannot have lapsed before it was told again. */
const isStillThere = (first: Operation, call: Operation, sale: SaleFacts): boolean =>
  call.kind !== 'reserve' || call.completedAtNs < first.invokedAtNs + shortestTtlNs(sale);
