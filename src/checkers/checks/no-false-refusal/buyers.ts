import { skuName } from '../../../kernel/wording.ts';
import type { Evidence } from '../../evidence.ts';
import { possibly } from '../../reading/bounds.ts';
import { findBuyersHolds, returnedByNs, soldByNs } from '../../reading/buyers-holds.ts';
import type { Hold } from '../../reading/hold.ts';
import { indexLedger, ofBuyer } from '../../reading/ledger-index.ts';
import { mayHaveOlderRows } from '../../reading/other-people.ts';
import { replaySales } from '../../reading/replay.ts';
import type { MovementRow } from '../../reading/rows.ts';
import { findBriefHolds, type Span } from './brief-holds.ts';
import type { Disproof, Disprove, Refusal } from './refusal.ts';

/** Disproves that a buyer has a hold of the SKU. A hold that was sold is none any more. */
export const disproveHasHold = (evidence: Evidence): Disprove =>
  disproveHas(evidence, aHold(evidence));

/** Disproves that a buyer has bought the SKU. A purchase that was cancelled is none any more. */
export const disproveHasBought = (evidence: Evidence): Disprove =>
  disproveHas(evidence, A_PURCHASE);

/** Disproves that a buyer has either a hold of the SKU or a purchase. */
export function disproveHasOne(evidence: Evidence): Disprove {
  const hold = aHold(evidence);
  return disproveHas(evidence, {
    what: 'a hold or a purchase',
    isAfter: (kinds) => hold.isAfter(kinds) || A_PURCHASE.isAfter(kinds),
    spansOf: (each) => [...hold.spansOf(each), ...A_PURCHASE.spansOf(each)],
    others: hold.others,
  });
}

function aHold(evidence: Evidence): Possession {
  const { sale } = evidence;
  const brief = findBriefHolds(evidence);
  return {
    what: 'a hold',
    isAfter: (kinds) => kinds.at(-1) === 'RESERVED',
    spansOf(hold) {
      const taken = possibly(hold, sale);
      if (taken === undefined) return [];
      const untilNs = Math.min(taken.untilNs, soldByNs(hold) ?? Infinity);
      return [{ fromNs: taken.fromNs, untilNs }];
    },
    others: (buyer) => brief.get(buyer) ?? [],
  };
}

const A_PURCHASE: Possession = {
  what: 'a purchase',
  isAfter: (kinds) => kinds.at(-1) === 'SOLD',
  spansOf(hold) {
    const isDeclined = hold.decision?.isSure === true && !hold.decision.isYes;
    if (hold.confirmed === 'no' || isDeclined) return [];
    // A registration may buy what an earlier call has left, and nothing is bought before it.
    const fromNs = hold.confirms[0]?.invokedAtNs ?? hold.askedAtNs;
    return [{ fromNs, untilNs: returnedByNs(hold) ?? Infinity }];
  },
  others: () => [],
};

/** True for a row that was given to a call only because the buyer is the same: it may be that of another call. */
const isGuessed = ({ made, reservation }: Hold): boolean =>
  made === 'found' && reservation?.callId === null;

interface Possession {
  what: string;
  /** True if a buyer has it after movements of these kinds. */
  isAfter(kinds: MovementRow['kind'][]): boolean;
  /** The times in which a hold may have been such a possession. */
  spansOf(hold: Hold): Span[];
  /** Other times in which a buyer, by `ofBuyer`, may have had one. */
  others(buyer: string): Span[];
}

function disproveHas(evidence: Evidence, { what, isAfter, spansOf, others }: Possession): Disprove {
  const { holds, rows, unexplained } = findBuyersHolds(evidence);
  const { index: ledger } = indexLedger(evidence);
  const { sale } = evidence;
  const replays = replaySales(evidence);

  function byNumber({ call }: Refusal, sku: string, buyer: string): Disproof | undefined {
    const { sequence } = call;
    const replay = replays.get(sku);
    // Without reservations, nobody knows whose holds the movements are about.
    if (!ledger?.keeps('reservation')) return undefined;
    if (sequence === undefined || replay?.source !== 'ledger') return undefined;
    if (sequence > replay.steps.length) return undefined;
    const isHad = (rows.get(buyer) ?? []).some(({ reservationId }) => {
      const movements = ledger.movementsByReservation.get(reservationId) ?? [];
      return isAfter(movements.filter((each) => each.sequence <= sequence).map(({ kind }) => kind));
    });
    if (isHad) return undefined;
    const why = `the refusal was decided after stock movement ${sequence} of ${skuName(sku)}, and by the movements up to that one the buyer has not ${what} of it`;
    return { why, operations: (holds.get(buyer) ?? []).map(({ reserve }) => reserve) };
  }

  function byTime(refusal: Refusal, sku: string, buyer: string): Disproof | undefined {
    const { call, fromNs, toNs } = refusal;
    if (unexplained.has(buyer)) return undefined;
    // An attempt that was declined is not what its buyer is said to have already.
    const own = (holds.get(buyer) ?? []).filter(({ reserve }) => reserve.id !== call.id);
    if (own.some(isGuessed)) return undefined;
    const spans = [...own.flatMap(spansOf), ...others(buyer)];
    if (spans.some((span) => span.fromNs <= toNs && span.untilNs >= fromNs)) {
      return undefined;
    }
    const why = `the buyer cannot have had ${what} of ${skuName(sku)} at any moment of the call`;
    return { why, operations: own.map(({ reserve }) => reserve) };
  }

  return (refusal) => {
    const { sku, buyer } = refusal.call;
    if (sku === undefined || buyer === undefined) return undefined;
    // The buyer may have it from before the sale.
    if (mayHaveOlderRows(sku, sale)) return undefined;
    const key = ofBuyer(sku, buyer);
    return byNumber(refusal, sku, key) ?? byTime(refusal, sku, key);
  };
}
