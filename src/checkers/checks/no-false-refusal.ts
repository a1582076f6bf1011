import { codeOfSomeLine, type Operation } from '../../history/operation.ts';
import type { RefusalReason } from '../../history/refusal-reason.ts';
import { lazy } from '../../kernel/memo.ts';
import { bulletList, count } from '../../kernel/wording.ts';
import type { Checker } from '../checker.ts';
import type { Evidence } from '../evidence.ts';
import { describeCall, witnessOperations } from '../prose.ts';
import { type BuyersHolds, findBuyersHolds } from '../reading/buyers-holds.ts';
import { findDeclined } from '../reading/decided-attempts.ts';
import { codeOfBasket, findRefusedBaskets } from '../reading/refused-baskets.ts';
import { findWishes } from '../reading/wishes.ts';
import { disproveHasAttempted } from './no-false-refusal/attempts.ts';
import { disproveHasBought, disproveHasHold, disproveHasOne } from './no-false-refusal/buyers.ts';
import {
  disproveHoldEnded,
  disproveHoldLapsed,
  disproveHoldOrdered,
} from './no-false-refusal/holds.ts';
import { disproveNotFound } from './no-false-refusal/not-found.ts';
import { disproveAboveLimit, disproveSoldAnotherWay } from './no-false-refusal/offers.ts';
import { disproveOrderEnded } from './no-false-refusal/orders.ts';
import type { Disproof, Disprove, Refusal } from './no-false-refusal/refusal.ts';
import { disproveOwn } from './no-false-refusal/strangers.ts';
import { disproveSaleNotBegun, disproveSaleOver } from './no-false-refusal/times.ts';
import { disproveVoucherEnded, disproveVoucherUsed } from './no-false-refusal/vouchers.ts';

/**
 * A buyer refused for a reason that was not true of them at any moment of the call: "you have a hold already" told to
 * somebody who cannot have had one, "lapsed" said of a hold that was live, "used" of a voucher that nobody used.
 *
 * The target says which reason each of its codes gives (`sale.refusals`). Any other code (a request that is not valid, a
 * missing right, too many requests) says nothing about the sale and is left alone. Every doubt counts for the server: calls
 * without an answer may have happened, and a call that repeats an Idempotency-Key may get the refusal of the first one
 * again. An attempt that was declined with a reason was refused between its call and the answer that told so. A basket that
 * was refused without a word of which line has the reason was refused falsely if none has it. "Sold out" has a check of its own.
 */
export const noFalseRefusal: Checker = {
  name: 'no-false-refusal',
  needs: [],
  check(evidence) {
    const refusals = findRefusals(evidence);
    const baskets = findRefusalsOfSomeLine(evidence);
    const all = refusals.length + baskets.length;
    if (all === 0) {
      return {
        status: 'skipped',
        summary: 'nobody was refused for a reason that others can look into',
      };
    }
    const disprove = createDisprove(evidence);
    const disproved = refusals.flatMap((refusal) => {
      const disproof = disprove(refusal);
      return disproof === undefined ? [] : [{ ...refusal, ...disproof }];
    });
    const wrong = [...disproved, ...baskets.flatMap((lines) => disproveAll(lines, disprove))];
    const [first] = wrong;
    if (first === undefined) {
      return {
        status: 'valid',
        summary: `each of ${count(all, 'refusal')} may have been true`,
      };
    }
    return {
      status: 'invalid',
      summary: `${count(wrong.length, 'refusal')} of ${all} false: ${first.call.code}, but ${first.why}`,
      witness: {
        prose: [
          bulletList(
            'Refused for a reason that was not true at any moment of the call:',
            wrong
              .slice(0, SHOWN_MAX)
              .map(({ call, why }) => `${describeCall(call, evidence.sale)}; but ${why}`),
          ),
          ...(wrong.some(isOfTargetFile) ? [ADVICE] : []),
        ].join('\n'),
        operations: witnessOperations(calls(wrong)),
      },
    };
  },
};

const SHOWN_MAX = 5;

/** The rules of a target file have no codes of the shop's, so their refusals go by the reasons. */
const isOfTargetFile = ({ call: { code }, reason }: Refusal): boolean =>
  (codeOfSomeLine(code) ?? code) === reason;

const ADVICE =
  'If the shop gives this answer for other reasons as well, leave `reason` out of its rule in the target file.';

/** The calls of a witness. The proofs of the first refusals come before the other refusals. */
const calls = (wrong: (Refusal & Disproof)[]) =>
  wrong.slice(0, SHOWN_MAX).flatMap(({ answers, operations }) => [...answers, ...operations]);

function findRefusals(evidence: Evidence): Refusal[] {
  const { refusals } = evidence.sale;
  const { decidedFromNs } = findWishes(evidence);
  const reasonOf = ({ code }: Operation): RefusalReason | undefined => {
    const reason = code === undefined ? undefined : refusals[code];
    return reason === 'sold-out' ? undefined : reason;
  };
  const refused: Refusal[] = [];
  for (const call of evidence.operations) {
    const reason = call.outcome === 'fail' ? reasonOf(call) : undefined;
    if (reason === undefined || codeOfBasket(call) !== undefined) continue;
    const [fromNs, toNs] = [decidedFromNs(call), call.completedAtNs];
    refused.push({ call, reason, fromNs, toNs, answers: [call] });
  }
  const declined = findDeclined(evidence).flatMap(({ refusal, answers }): Refusal[] => {
    const reason = reasonOf(refusal);
    if (reason === undefined) return [];
    const { invokedAtNs: fromNs, completedAtNs: toNs } = refusal;
    return [{ call: refusal, reason, fromNs, toNs, answers }];
  });
  return [...refused, ...declined];
}

/** The refusals of each basket that was refused for a reason of some line: one for each line, of which one must be true. */
function findRefusalsOfSomeLine(evidence: Evidence): Refusal[][] {
  const { decidedFromNs } = findWishes(evidence);
  // A limit may be one of the whole basket.
  return findRefusedBaskets(evidence)
    .filter(({ reason }) => reason !== 'sold-out' && reason !== 'above-limit')
    .map(({ reason, lines }) =>
      lines.map((call) => {
        const [fromNs, toNs] = [decidedFromNs(call), call.completedAtNs];
        return { call, reason, fromNs, toNs, answers: [call] };
      }),
    );
}

/** The first of some refusals, with the proof that none of them is true; nothing if one may be. */
function disproveAll(refusals: Refusal[], disprove: Disprove): (Refusal & Disproof)[] {
  const disproofs = refusals.flatMap((refusal) => disprove(refusal) ?? []);
  const [first] = refusals;
  if (first === undefined || disproofs.length < refusals.length) return [];
  return [
    {
      ...first,
      answers: refusals.flatMap(({ answers }) => answers),
      why: [...new Set(disproofs.map(({ why }) => why))].join(', and '),
      operations: disproofs.flatMap(({ operations }) => operations),
    },
  ];
}

/** Creates the disproof of a reason. Those that speak of what a buyer has share the holds of all buyers. */
type CreateDisprove = (evidence: Evidence, buyers: () => BuyersHolds) => Disprove;

const DISPROVE: Record<RefusalReason, CreateDisprove | undefined> = {
  'sold-out': undefined,
  'has-hold': disproveHasHold,
  'has-bought': disproveHasBought,
  'has-one': disproveHasOne,
  'has-attempted': disproveHasAttempted,
  'hold-lapsed': disproveHoldLapsed,
  'hold-ended': disproveHoldEnded,
  'hold-ordered': disproveHoldOrdered,
  'order-ended': disproveOrderEnded,
  'voucher-used': disproveVoucherUsed,
  'voucher-ended': disproveVoucherEnded,
  // `single-check-in` asks when each ticket was let in.
  'ticket-used': undefined,
  'not-found': disproveNotFound,
  'sale-not-begun': disproveSaleNotBegun,
  'sale-over': disproveSaleOver,
  'sold-another-way': disproveSoldAnotherWay,
  'above-limit': disproveAboveLimit,
};

function createDisprove(evidence: Evidence): Disprove {
  const ofOthers = disproveOwn(evidence);
  const buyers = lazy(() => findBuyersHolds(evidence));
  const known = new Map<RefusalReason, Disprove | undefined>();
  return (refusal) => {
    if (!known.has(refusal.reason)) {
      known.set(refusal.reason, DISPROVE[refusal.reason]?.(evidence, buyers));
    }
    return ofOthers(refusal) ?? known.get(refusal.reason)?.(refusal);
  };
}
