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
}

export const findCallsAbout = memoized((evidence: Evidence): CallsAbout => {
  const { calls } = findWishes(evidence);
  return {
    hold: groupBy(calls, ({ kind, hold }) =>
      kind === 'confirm' || kind === 'release' ? hold : undefined,
    ),
    order: groupBy(calls, ({ order }) => order),
    voucher: groupBy(calls, ({ voucher }) => voucher),
  };
});
