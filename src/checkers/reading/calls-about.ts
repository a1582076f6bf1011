import type { Operation } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { memoized } from '../../kernel/memo.ts';
import type { Evidence } from '../evidence.ts';
import { findWishes } from './wishes.ts';

/** The calls about each thing that a buyer can name, with repetitions of one wish folded into one call. */
export interface CallsAbout {
  /** Checkouts and cancellations of a hold. */
  hold: Map<string, Operation[]>;
  /** Cancellations of an order, and the calls that made it. */
  order: Map<string, Operation[]>;
  /** Uses of a voucher, and the call that it was issued to. */
  voucher: Map<string, Operation[]>;
  /**
   * True when a buyer may have cancelled an order, or used a voucher, by a moment, with a call that names none: it may be about any of
   * theirs.
   */
  mayBeNameless(kind: 'cancel' | 'redeem', buyer: string | undefined, untilNs: number): boolean;
}

export const findCallsAbout = memoized((evidence: Evidence): CallsAbout => {
  const { calls } = findWishes(evidence);
  return {
    hold: groupBy(calls, ({ kind, hold }) =>
      kind === 'confirm' || kind === 'release' ? hold : undefined,
    ),
    order: groupBy(calls, ({ order }) => order),
    voucher: groupBy(calls, ({ voucher }) => voucher),
    mayBeNameless: createNamelessTest(calls),
  };
});

function createNamelessTest(calls: Operation[]): CallsAbout['mayBeNameless'] {
  const firstNs = new Map<string, number>();
  const keyOf = (kind: string, buyer: string | undefined): string => `${kind} ${buyer}`;
  for (const { kind, outcome, order, voucher, buyer, invokedAtNs } of calls) {
    const name = kind === 'cancel' ? order : voucher;
    if ((kind !== 'cancel' && kind !== 'redeem') || outcome === 'fail' || name !== undefined)
      continue;
    const key = keyOf(kind, buyer);
    if (!firstNs.has(key)) firstNs.set(key, invokedAtNs);
  }
  return (kind, buyer, untilNs) =>
    [buyer, undefined].some((by) => (firstNs.get(keyOf(kind, by)) ?? Infinity) <= untilNs);
}
