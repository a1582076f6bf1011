import { emptyLedger } from '../../history/ledger-snapshot.ts';
import { copyOf, type Operation } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { memoized } from '../../kernel/memo.ts';
import type { Evidence } from '../evidence.ts';
import { eventfulCalls } from './eventful-calls.ts';
import { createNamelessTest, createReservationSearch, findEndings } from './namesakes/endings.ts';
import {
  isGiven,
  NAME_FIELDS,
  type NameField,
  SORTS,
  type Sort,
  sortOf,
} from './namesakes/names.ts';
import {
  findHoldsOfSeveral,
  findNamesOfSeveral,
  findOverwrittenHolds,
  type SharedTest,
  withoutSharedNames,
} from './namesakes/rows.ts';
import { divideThings, type Thing } from './namesakes/things.ts';
import { createUntoldTest, createUseSearch } from './namesakes/uses.ts';
import { groupByKey } from './wishes.ts';

/**
 * The evidence of a described shop with a name of its own for every hold, order and voucher. A shop may give a name again when
 * the thing that had it is over: that of a seat, of a buyer's basket, of a voucher that came back. Then the second thing of
 * the name `h1` is called `h1 (2)`. A call that may be about several of them, because it was under way when the name was given
 * again, names none. Rows of such names belong to calls by what they have in common.
 */
export const tellNamesakesApart = memoized((evidence: Evidence): Evidence => {
  const { sale, operations, ledger } = evidence;
  if (sale.shop === undefined) return evidence;
  const thingsOf = findNamesakes(evidence);
  const { reservations, orders, vouchers } = ledger ?? emptyLedger();
  const several: Record<Sort, Set<string>> = {
    hold: new Set([
      ...findNamesOfSeveral(reservations.map((row) => row.reservationId)),
      ...findHoldsOfSeveral(orders),
      ...findOverwrittenHolds(reservations, eventfulCalls(operations)),
    ]),
    order: findNamesOfSeveral(orders.map((row) => row.orderId)),
    voucher: findNamesOfSeveral(vouchers.map(({ code }) => code)),
  };
  const isUnique = SORTS.every((sort) => thingsOf[sort].size + several[sort].size === 0);
  if (isUnique) return evidence;

  const shared = new Set<string>();
  const testOf = (sort: Sort): SharedTest => {
    const things = thingsOf[sort];
    for (const { name } of [...things.values()].flat()) shared.add(name);
    for (const name of several[sort]) shared.add(name);
    // Where a name was surely given again, a call without an answer may have got any other one again.
    const isAny = [...things.values()].some((ofName) => ofName.some(({ isOther }) => isOther));
    if (isAny) for (const name of namesGiven(operations, sort)) shared.add(name);
    return (name) => name !== null && (isAny || things.has(name) || several[sort].has(name));
  };
  const names = { holds: testOf('hold'), orders: testOf('order'), vouchers: testOf('voucher') };
  return {
    ...evidence,
    operations: rename(operations, thingsOf),
    ...(ledger && {
      ledger: withoutSharedNames(ledger, names, (name) => shared.add(name)),
    }),
    sharedNames: shared,
  };
});

function* namesGiven(operations: readonly Operation[], sort: Sort): Generator<string> {
  for (const call of eventfulCalls(operations)) {
    for (const field of NAME_FIELDS) {
      const name = call[field];
      if (sortOf(field) === sort && name !== undefined && isGiven(call, field)) yield name;
    }
  }
}

type ThingsOf = Record<Sort, Map<string, Thing[]>>;

/** Finds the names that were given to several things, with these. */
function findNamesakes({ operations, sale }: Evidence): ThingsOf {
  const calls = eventfulCalls(operations);
  const again = Object.fromEntries(
    SORTS.map((sort) => [sort, findNamesOfSeveral([...namesGiven(operations, sort)])]),
  ) as Record<Sort, Set<string>>;
  const found: ThingsOf = { hold: new Map(), order: new Map(), voucher: new Map() };
  if (SORTS.every((sort) => again[sort].size === 0)) return found;

  const endingsOf = findEndings(calls, (sort, name) => again[sort].has(name));
  const mayEndNameless = createNamelessTest(calls);
  const reservedNs = createReservationSearch(calls);
  for (const sort of SORTS) {
    const fields = NAME_FIELDS.filter((field) => sortOf(field) === sort);
    const nameIn = (call: Operation): string | undefined =>
      fields.map((field) => (isGiven(call, field) ? call[field] : undefined)).find((name) => name);
    const givings = groupBy(calls, (call) => {
      const name = nameIn(call);
      return name !== undefined && again[sort].has(name) ? name : undefined;
    });
    for (const [name, calls] of givings) {
      const endings = endingsOf(sort, name);
      const things = divideThings(calls, { sort, name, endings, mayEndNameless, reservedNs, sale });
      if (things.length > 1) found[sort].set(name, things);
    }
  }
  return found;
}

/** The calls with the names of the things that they are about. */
function rename(operations: readonly Operation[], thingsOf: ThingsOf): Operation[] {
  const given = new Map<Sort, Map<Operation, Thing>>();
  const searches = new Map<Thing[], (call: Operation) => Thing | undefined>();
  const mayHaveUntold = createUntoldTest(operations);
  for (const sort of SORTS) {
    const ofCalls = new Map<Operation, Thing>();
    given.set(sort, ofCalls);
    for (const things of thingsOf[sort].values()) {
      searches.set(things, createUseSearch(things, mayHaveUntold));
      for (const thing of things) for (const call of thing.givenTo) ofCalls.set(call, thing);
    }
  }
  const wishes = new Map(
    groupByKey([...operations]).flatMap((same) => same.map((call) => [call, same])),
  );
  /** The thing that a call is about. Calls that repeat a key are about the same one, which some of them may tell better. */
  const thingMeant = (call: Operation, field: NameField, things: Thing[]): Thing | undefined => {
    for (const each of wishes.get(call) ?? [call]) {
      const thing = each[field] === call[field] ? searches.get(things)?.(each) : undefined;
      if (thing !== undefined) return thing;
    }
    return undefined;
  };
  return operations.map((call) => {
    let renamed: Operation | undefined;
    for (const field of NAME_FIELDS) {
      const name = call[field];
      const things = name === undefined ? undefined : thingsOf[sortOf(field)].get(name);
      if (things === undefined) continue;
      const thing = isGiven(call, field)
        ? given.get(sortOf(field))?.get(call)
        : thingMeant(call, field, things);
      if (thing?.name === name) continue;
      renamed ??= copyOf(call);
      renamed[field] = thing?.name;
    }
    return renamed ?? call;
  });
}
