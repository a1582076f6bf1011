import { copyOf, type Operation, type SaleFacts } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';

/**
 * Groups the calls whose answers tell a buyer of one and the same thing: attempts that were accepted with one id; and in a
 * described shop, which may say yes to what is done already, also holds, orders, what gave one of them back, and sales of them.
 * A name that was given again to something else is another one here: see `tellNamesakesApart`.
 *
 * @param calls in the order of invocation
 */
export function groupToldAgain(calls: Operation[], sale: SaleFacts): Operation[][] {
  const attempts = groupBy(calls, idOfAttempt).values();
  if (sale.shop === undefined) return [...attempts];
  const saleOf = createSaleSearch(calls);
  const things = groupBy(calls, (call) => idOfThing(saleOf(call) ?? call)).values();
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
  const { kind, outcome, sku, quantity, buyer, hold, newHold, order = newHold } = call;
  if (outcome !== 'ok' || buyer === undefined) return undefined;
  const name = TELLS_ORDER.has(kind) ? order : kind === 'reserve' ? hold : undefined;
  return name === undefined ? undefined : `${kind} ${sku} ${quantity} ${hold} ${order} ${buyer}`;
};

/**
 * Creates the search for the sale of which a later call was told: a call for a hold of what its buyer had bought at once, or
 * what a late checkout had taken for them, and a checkout of the order that a purchase at once was told of.
 */
export function createSaleSearch(calls: Operation[]): (call: Operation) => Operation | undefined {
  const sales = new Map<string, Operation>();
  for (const call of calls) {
    const { kind, outcome, buyer, hold, newHold } = call;
    const sold = kind === 'confirm' ? newHold : TELLS_ORDER.has(kind) ? hold : undefined;
    if (outcome !== 'ok' || sold === undefined) continue;
    const name = `${buyer} ${sold}`;
    if (!sales.has(name)) sales.set(name, call);
  }
  return (call) => {
    const sale = call.outcome === 'ok' ? sales.get(`${call.buyer} ${call.hold}`) : undefined;
    if (sale === undefined || sale.completedAtNs >= call.completedAtNs) return undefined;
    return mayTellOf(sale, call) ? sale : undefined;
  };
}

/**
 * The calls of a described shop, each with the hold that it sold, where its buyer was told of that one by a call for it and the
 * sale tells of it in another way: as the hold that a late checkout took, though the shop took no units again, or as the order of a
 * purchase, where one id is that of hold and order.
 */
export function withSalesOfReserved(calls: Operation[], sale: SaleFacts): Operation[] {
  if (sale.shop === undefined || !calls.some((call) => otherNameOfHold(call) !== undefined))
    return calls;
  const reserves = new Map<string, Operation>();
  for (const call of calls) {
    const { kind, outcome, buyer, hold } = call;
    if (kind !== 'reserve' || outcome !== 'ok' || buyer === undefined || hold === undefined)
      continue;
    const name = `${buyer} ${hold}`;
    if (!reserves.has(name)) reserves.set(name, call);
  }
  return calls.map((call) => {
    const hold = otherNameOfHold(call);
    const reserve = reserves.get(`${call.buyer} ${hold}`);
    if (reserve === undefined || !maySell(call, reserve)) return call;
    return { ...copyOf(call), hold, newHold: undefined };
  });
}

/** The name of a hold by which a sale may tell of what its buyer had reserved, though its own field for that has none. */
const otherNameOfHold = ({
  kind,
  outcome,
  hold,
  newHold,
  order,
}: Operation): string | undefined => {
  if (outcome !== 'ok') return undefined;
  if (kind === 'confirm') return newHold;
  return TELLS_ORDER.has(kind) && hold === undefined ? order : undefined;
};

/** A late checkout that was answered before the call for its hold is told again by that: see `createSaleSearch`. */
const maySell = ({ kind, sku, quantity, completedAtNs }: Operation, reserve: Operation): boolean =>
  kind === 'confirm'
    ? reserve.completedAtNs <= completedAtNs && (sku === undefined || sku === reserve.sku)
    : sku === reserve.sku && quantity === reserve.quantity;

function mayTellOf(sale: Operation, { kind, quantity, order }: Operation): boolean {
  // A late checkout does not tell how many units it took.
  if (sale.kind === 'confirm') return kind === 'reserve';
  if (kind === 'confirm') return order === sale.order;
  return kind === 'reserve' && sale.quantity === quantity;
}

const idOfEnding = ({ kind, outcome, buyer, hold, order }: Operation): string | undefined => {
  const name = kind === 'release' ? hold : kind === 'cancel' ? (order ?? hold) : undefined;
  if (outcome !== 'ok' || buyer === undefined || name === undefined) return undefined;
  return `${kind} ${name} ${buyer}`;
};
