import type { Operation, SaleFacts } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { eventfulCalls } from '../eventful-calls.ts';
import { longestTtlNs, sellableAfterwardsNs, shortestTtlNs } from '../hold-ttl.ts';

/** A call of a search. `definite`: it was answered, so the search must find it a moment; any other may never have happened. */
export interface SoughtCall {
  operation: Operation;
  fromNs: number;
  toNs: number;
  definite: boolean;
  /** True when another checkout of the same hold may have begun before this call was answered. */
  isPaidElsewhere: boolean;
}

export const soughtCall = (operation: Operation, isPaidElsewhere = false): SoughtCall => ({
  operation,
  fromNs: operation.invokedAtNs,
  toNs: operation.completedAtNs,
  definite: operation.outcome !== 'info',
  isPaidElsewhere,
});

/** Creates the test for `isPaidElsewhere`. @param calls in the order of invocation */
export function createPaidElsewhere(calls: readonly Operation[]): (call: Operation) => boolean {
  const checkouts = groupBy(eventfulCalls(calls), ({ kind, hold = '' }) =>
    kind === 'confirm' ? hold : undefined,
  );
  return (call) => {
    const [, second] = checkouts.get(call.hold ?? '') ?? [];
    // Any but the first was made after the first.
    return second !== undefined && second.invokedAtNs <= call.completedAtNs;
  };
}

/** `lapsed`: over, and its units not back yet. `back`: they are. */
export type Phase = 'live' | 'lapsed' | 'back' | 'released' | 'sold' | 'returned';

export interface SoughtHold {
  id: string;
  buyer: string | undefined;
  units: number;
  phase: Phase;
  /** The earliest and the latest moment of its lapse, and the latest at which its units are back after that. */
  lapsesFromNs: number;
  lapsesToNs: number;
  backToNs: number;
  /** The call that made it, and the one that bought it. */
  madeBy: Operation;
  boughtBy?: Operation;
}

/** The holds of one SKU at one moment of a supposed order of events. */
export type Situation = readonly SoughtHold[];

const TAKES: ReadonlySet<Phase> = new Set(['live', 'lapsed', 'sold']);
const COUNTS: ReadonlySet<Phase> = new Set(['live', 'sold']);

/** Units that are not on sale. */
export const takenUnits = (holds: Situation): number =>
  holds.reduce((units, hold) => (TAKES.has(hold.phase) ? units + hold.units : units), 0);

export const unitsIn = (holds: Situation, ...phases: Phase[]): number =>
  holds.reduce((units, hold) => (phases.includes(hold.phase) ? units + hold.units : units), 0);

/** Units that count against a buyer's limit. */
export const unitsOf = (holds: Situation, buyer: string | undefined): number =>
  holds.reduce(
    (units, hold) => (hold.buyer === buyer && COUNTS.has(hold.phase) ? units + hold.units : units),
    0,
  );

export const has = (holds: Situation, buyer: string | undefined, ...phases: Phase[]): boolean =>
  holds.some((hold) => hold.buyer === buyer && phases.includes(hold.phase));

export const holdOf = (holds: Situation, { hold }: Operation): SoughtHold | undefined =>
  holds.find(({ id }) => id === hold);

/** The hold that an order bought. */
export const holdOfOrder = (holds: Situation, { order }: Operation): SoughtHold | undefined =>
  holds.find(({ boughtBy }) => order !== undefined && boughtBy?.order === order);

export const changed = (
  holds: Situation,
  before: SoughtHold,
  change: Partial<SoughtHold>,
): Situation => holds.map((hold) => (hold === before ? { ...hold, ...change } : hold));

/**
 * The hold that a reserve call makes. Its clock starts somewhere inside the call. A described shop may take units and give
 * them back when something else fails, so a hold of which no yes tells may be over at any time.
 */
export function newHold(
  { operation, fromNs, toNs, definite }: SoughtCall,
  sale: SaleFacts,
): SoughtHold {
  const isTold = operation.outcome === 'ok' && definite;
  const mayBeBrief = !isTold && (sale.shop !== undefined || operation.kind === 'buy');
  return {
    id: operation.hold ?? `of call ${operation.id}`,
    buyer: operation.buyer,
    units: operation.quantity,
    phase: 'live',
    lapsesFromNs: mayBeBrief ? fromNs : fromNs + shortestTtlNs(sale),
    lapsesToNs: toNs + longestTtlNs(sale) + sellableAfterwardsNs(sale),
    backToNs: toNs + longestTtlNs(sale) + sale.sweepGraceMs * 1e6,
    madeBy: operation,
  };
}

/** The hold that a late checkout makes in place of one that is over. It may lapse at any time. */
export const secondHold = (
  before: SoughtHold,
  operation: Operation,
  nowNs: number,
): SoughtHold => ({
  ...before,
  id: operation.newHold ?? `of call ${operation.id}`,
  phase: 'live',
  lapsesFromNs: nowNs,
  lapsesToNs: Number.POSITIVE_INFINITY,
  backToNs: Number.POSITIVE_INFINITY,
  madeBy: operation,
});
