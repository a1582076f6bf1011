import type { Operation, SaleFacts } from '../../../history/operation.ts';
import { longestTtlNs, shortestTtlNs } from '../hold-ttl.ts';
import type { Endings } from './endings.ts';
import type { Sort } from './names.ts';

/** One of the things that were given under one name. */
export interface Thing {
  /** The name by which it is told from the others. */
  name: string;
  sku: string | undefined;
  buyer: string | undefined;
  /** It was made after this moment, and before that one its buyer was told of it. */
  fromNs: number;
  toldNs: number;
  /** The calls whose answers named it. */
  givenTo: Operation[];
  /** The call that ended it, where the name was given again and no other call can have done that. */
  endedBy: Operation | undefined;
  /** False for a thing that may also be the one before it, told again. */
  isOther: boolean;
}

interface Circumstances {
  sort: Sort;
  name: string;
  endings: Endings;
  /** True for a buyer who may have given something back by then, nobody knows what. */
  mayEndNameless(buyer: string | undefined, untilNs: number): boolean;
  /** The moment after which a buyer got the hold that their checkout names; `-Infinity` if no answer tells of it. */
  reservedNs(checkout: Operation): number;
  sale: SaleFacts;
}

/**
 * Divides the answers that gave one name among the things that have it. A thing keeps its name as long as it is there, and then
 * another one may get it. An answer that gives the name again while its thing is surely there tells of that thing once more, of
 * whatever buyer; other checks look if it may. Things of two SKUs are two things.
 *
 * @param givings in the order of invocation
 */
export function divideThings(givings: readonly Operation[], about: Circumstances): Thing[] {
  const things: Thing[] = [];
  const latest = new Map<string | undefined, Thing>();
  const ofWish = new Map<string, Thing>();
  for (const call of givings) {
    const sku = skuAmong(latest, call.sku);
    const before = latest.get(sku);
    const wish = call.idempotencyKey && `${call.kind} ${call.idempotencyKey} ${call.buyer}`;
    const wished = wish ? ofWish.get(wish) : undefined;
    const same =
      wished ?? (before !== undefined && isSame(before, call, about) ? before : undefined);
    if (same !== undefined) {
      same.givenTo.push(call);
      same.toldNs = Math.min(same.toldNs, call.completedAtNs);
    }
    const thing = same ?? newThing(call, sku, before, things.length + 1, about);
    if (same === undefined) {
      things.push(thing);
      // One that is told again may have ended after that.
      if (before !== undefined && thing.isOther) before.endedBy = endOf(before, call, about);
      latest.set(sku, thing);
    }
    if (wish) ofWish.set(wish, thing);
  }
  return things;
}

/** The SKU to which a giving belongs. One that does not tell is of the only SKU that has the name. */
function skuAmong(
  latest: ReadonlyMap<string | undefined, Thing>,
  sku: string | undefined,
): string | undefined {
  if (latest.has(sku)) return sku;
  if (sku !== undefined) return latest.has(undefined) ? undefined : sku;
  return latest.size === 1 ? [...latest.keys()][0] : undefined;
}

function newThing(
  call: Operation,
  sku: string | undefined,
  before: Thing | undefined,
  place: number,
  about: Circumstances,
): Thing {
  const { buyer, invokedAtNs, completedAtNs } = call;
  return {
    name: place === 1 ? about.name : `${about.name} (${place})`,
    ...{
      sku,
      buyer,
      fromNs: invokedAtNs,
      toldNs: completedAtNs,
      givenTo: [call],
      endedBy: undefined,
    },
    isOther: place > 1 && (before === undefined || isSurelyOther(before, call, about)),
  };
}

/** True when a name is given again for a thing that is still there, or for all that anybody can see. */
function isSame(before: Thing, call: Operation, about: Circumstances): boolean {
  const { fromNs, buyer, givenTo } = before;
  const { endings, sort, sale } = about;
  const { kind, completedAtNs: untilNs } = call;
  const [first] = givenTo as [Operation];
  // The name of an attempt is that of a wish, however it is decided.
  if (kind === 'attempt' || first.kind === 'attempt') return true;
  if (endings.mayEnd(fromNs, untilNs) || about.mayEndNameless(buyer, untilNs)) return false;
  if (sort !== 'hold') return true;
  if (isSaleOf(before, call, about)) return true;
  if (!endings.maySell(fromNs, untilNs)) return !mayHaveLapsed(before, call, sale);
  // After the sale the name is free. A shop may also tell a buyer once more what they have bought.
  return isToldAgain(first, call) && !isSoldAgain(call, endings);
}

/** True for a hold of which nobody can know that it was still there. A registration that buys a hold is answered with its name. */
const mayHaveLapsed = (before: Thing, call: Operation, sale: SaleFacts): boolean =>
  call.kind === 'reserve'
    ? mayLapse(before) && before.fromNs + shortestTtlNs(sale) <= call.completedAtNs
    : hasSurelyLapsed(before, call, sale);

const hasSurelyLapsed = (before: Thing, call: Operation, sale: SaleFacts): boolean =>
  mayLapse(before) && before.toldNs + longestTtlNs(sale) < call.invokedAtNs;

/** True for a thing that no call has bought, by whose answers it would be known. */
const mayLapse = ({ givenTo }: Thing): boolean => givenTo.every(({ kind }) => kind === 'reserve');

/**
 * True for a late checkout that may have sold what its buyer was told of by a call for it, as nothing else has. If the hold that it was
 * for has lapsed, those that the buyer was told of before that one have, too.
 */
function isSaleOf(before: Thing, call: Operation, about: Circumstances): boolean {
  const { endings, sale } = about;
  const { kind, buyer, completedAtNs } = call;
  return (
    kind === 'confirm' &&
    buyer !== undefined &&
    before.buyer === buyer &&
    mayLapse(before) &&
    !endings.maySell(before.fromNs, completedAtNs, call) &&
    !hasSurelyLapsed(before, call, sale) &&
    about.reservedNs(call) <= before.toldNs
  );
}

/** True for an answer like the first one, or one to a call for a hold that tells of what a late checkout of its buyer took. */
const isToldAgain = (first: Operation, { kind, buyer, quantity }: Operation): boolean =>
  buyer !== undefined &&
  first.buyer === buyer &&
  ((first.kind === kind && first.quantity === quantity) ||
    (first.kind === 'confirm' && kind === 'reserve'));

/** True when a hold that was given again after its sale was sold to another order, given back, or checked out too late. */
function isSoldAgain({ invokedAtNs }: Operation, { sales, ends }: Endings): boolean {
  const [sold, next] = [sales.before(invokedAtNs)?.order, sales.after(invokedAtNs)?.order];
  const isOther = sold !== undefined && next !== undefined && sold !== next;
  const end = ends.after(invokedAtNs)?.kind;
  return isOther || end === 'release' || end === 'confirm';
}

/** The call that ended a thing before its name was given again; undefined if it may have ended in several ways. */
function endOf(before: Thing, call: Operation, about: Circumstances): Operation | undefined {
  const { fromNs, buyer } = before;
  const untilNs = call.completedAtNs;
  const mayEndOtherwise =
    about.mayEndNameless(buyer, untilNs) ||
    about.endings.maySell(fromNs, untilNs) ||
    mayHaveLapsed(before, call, about.sale);
  return mayEndOtherwise ? undefined : about.endings.onlyEnd(fromNs, untilNs);
}

/** True when a name was surely given to another thing than before. */
function isSurelyOther(before: Thing, call: Operation, { sale, endings }: Circumstances): boolean {
  if (!isToldAgain(before.givenTo[0] as Operation, call)) return true;
  const ended = endings.ends.before(call.invokedAtNs);
  const isEnded =
    ended !== undefined &&
    ended.invokedAtNs >= before.toldNs &&
    ended.completedAtNs <= call.invokedAtNs;
  return (
    isEnded ||
    hasSurelyLapsed(before, call, sale) ||
    (endings.maySell(before.fromNs, call.completedAtNs) && isSoldAgain(call, endings))
  );
}
