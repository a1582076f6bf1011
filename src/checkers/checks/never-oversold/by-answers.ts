import type { SaleFacts } from '../../../history/operation.ts';
import { bulletList, count, shortId, skuName } from '../../../kernel/wording.ts';
import {
  buyerOf,
  describeCall,
  describeWhere,
  timeOfDay,
  WITNESS_OPERATIONS_MAX,
  witnessOfCalls,
} from '../../prose.ts';
import { atWorst, type Interval } from '../../reading/bounds.ts';
import { type Crossing, findCrossing } from '../../reading/crossing.ts';
import type { Hold } from '../../reading/hold.ts';
import { type Oversold, oversold, SHOWN_HELD } from './oversold.ts';

/** Finds more units that buyers surely had at one moment than exist. `certain`: the sure intervals of all holds. */
export function oversoldToBuyers(
  sku: string,
  total: number,
  certain: Interval[],
  sale: SaleFacts,
): Oversold | undefined {
  const crossing = findCrossing(certain, total);
  if (crossing === undefined) return undefined;
  const { held, units, atNs, peak } = crossing;
  const summary = `${describeOversold(sku, total, units, atNs, sale)}; at the worst moment ${peak.units}`;
  const isPair = held.length === 2 && units === 2;
  const shown = isPair ? held : held.slice(-SHOWN_HELD);
  const prose = isPair
    ? describePair(sku, held as [Interval, Interval], sale)
    : describeHeld(sku, total, crossing, shown, sale);
  return oversold(
    summary,
    prose + describePeak(peak.units, total),
    shown.map(({ hold }) => hold.reserve),
  );
}

/** The first moment at which too many units were held, in a sentence without its full stop. */
export const describeOversold = (
  sku: string,
  total: number,
  units: number,
  atNs: number,
  sale: SaleFacts,
): string =>
  `${skuName(sku)} has ${count(total, 'unit')}, and ${units} were held at ${timeOfDay(atNs, sale)}`;

/** The one unit of a SKU, and the two who have it. */
function describePair(sku: string, [first, second]: [Interval, Interval], sale: SaleFacts): string {
  return (
    `${skuName(sku)} has 1 unit. ${describeYes(first.hold, sale)} that the unit is theirs; ` +
    `${lowerFirst(describeYes(second.hold, sale, first.hold))} that it is theirs, and ${nameFirst(first.hold, second.hold)} had not given it back.`
  );
}

function describeHeld(
  sku: string,
  total: number,
  { held, units, atNs }: Crossing,
  shown: Interval[],
  sale: SaleFacts,
): string {
  let unit = units - shown.reduce((sum, { units: more }) => sum + more, 0);
  const lines = shown.map(({ hold, units: more }) => {
    const numbers = more === 1 ? `unit ${unit + 1}` : `units ${unit + 1}–${unit + more}`;
    unit += more;
    const excess = unit > total ? ` — ${count(unit - total, 'unit')} too many` : '';
    return `${numbers}: ${describeCall(hold.reserve, sale)}${excess}`;
  });
  return bulletList(
    `${skuName(sku)} has ${count(total, 'unit')}. At ${timeOfDay(atNs, sale)}, ${count(held.length, 'reservation')} ` +
      `of ${count(units, 'unit')} had been acknowledged, and none of them had been cancelled or could have lapsed. ` +
      `The last of them, counted as they were acknowledged:`,
    lines,
  );
}

function describeYes({ reserve, knownAtNs }: Hold, sale: SaleFacts, other?: Hold): string {
  const again =
    other !== undefined && other.reserve.buyer === reserve.buyer
      ? `${buyerOf(reserve)}, the same, was told again`
      : `${buyerOf(reserve)} was told`;
  return `${again} at ${timeOfDay(knownAtNs, sale)}${describeWhere(reserve)}`;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const nameFirst = (first: Hold, second: Hold): string =>
  first.reserve.buyer === undefined || first.reserve.buyer === second.reserve.buyer
    ? 'the first'
    : `buyer ${shortId(first.reserve.buyer)}`;

const describePeak = (units: number, total: number): string =>
  units > total + 1 ? `\nAt the worst moment ${count(units, 'unit')} were held at once.` : '';

/** Finds calls that nobody can settle and that may have taken more units than exist. */
export function oversoldAtWorst(
  sku: string,
  total: number,
  holds: Hold[],
  sale: SaleFacts,
): Oversold | undefined {
  const crossing = findCrossing(
    holds.flatMap((hold) => atWorst(hold, sale) ?? []),
    total,
  );
  if (crossing === undefined) return undefined;
  const calls = crossing.held.flatMap(({ hold }) => [
    ...(hold.made === 'unsettled' ? [hold.reserve] : []),
    ...(hold.confirmed === 'maybe' ? hold.confirms : []),
    ...(hold.released === 'maybe' ? hold.releases : []),
  ]);
  const doubtful = [...new Set(calls)];
  const shown = doubtful.slice(0, WITNESS_OPERATIONS_MAX);
  const more = doubtful.length > shown.length ? `, of which the first ${shown.length}` : '';
  return {
    status: 'unknown',
    summary: `${count(doubtful.length, 'call')} without an answer may have made it ${crossing.units} of ${count(total, 'unit')} of ${skuName(sku)}`,
    witness: witnessOfCalls(
      `${skuName(sku)} has ${count(total, 'unit')}. If every call nobody can settle took its units, ${crossing.units} were held at ` +
        `${timeOfDay(crossing.atNs, sale)}. The final ledger, with call ids, would settle ${count(doubtful.length, 'call')}${more}:`,
      shown,
      sale,
    ),
  };
}
