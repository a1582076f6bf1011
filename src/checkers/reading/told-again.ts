import type { Operation, SaleFacts } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';

/**
 * Groups the calls whose answers tell a buyer of one and the same thing: attempts that were accepted with one id; and in a
 * described shop, which may say yes to what is done already, also holds, orders, and what gave one of them back. A name that
 * was given again to something else is another one here: see `tellNamesakesApart`.
 *
 * @param calls in the order of invocation
 */
export function groupToldAgain(calls: Operation[], sale: SaleFacts): Operation[][] {
  const attempts = groupBy(calls, idOfAttempt).values();
  if (sale.shop === undefined) return [...attempts];
  const things = groupBy(calls, idOfThing).values();
  const endings = groupBy(calls, idOfEnding).values();
  return [...attempts, ...things, ...endings];
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

const idOfEnding = ({ kind, outcome, buyer, hold, order }: Operation): string | undefined => {
  const name = kind === 'release' ? hold : kind === 'cancel' ? (order ?? hold) : undefined;
  if (outcome !== 'ok' || buyer === undefined || name === undefined) return undefined;
  return `${kind} ${name} ${buyer}`;
};
