import type { Operation } from '../../../history/operation.ts';
import { skuName } from '../../../kernel/wording.ts';
import type { Evidence } from '../../evidence.ts';
import { WITNESS_OPERATIONS_MAX } from '../../prose.ts';
import { possibly } from '../../reading/bounds.ts';
import { type BuyersHolds, returnedByNs, soldByNs } from '../../reading/buyers-holds.ts';
import { type Hold, isGuessed } from '../../reading/hold.ts';
import { indexLedger, ofBuyer } from '../../reading/ledger-index.ts';
import { mayHaveOlderRows } from '../../reading/other-people.ts';
import { replaySales } from '../../reading/replay.ts';
import type { MovementRow } from '../../reading/rows.ts';
import { createMeetingTest, type Span } from '../../reading/spans.ts';
import { type BriefHold, findBriefHolds } from './brief-holds.ts';
import type { Disproof, Disprove, Refusal } from './refusal.ts';
import { findVaguePurchases } from './vague-purchases.ts';

/** The holds of all buyers, found when they are first asked for. */
type Buyers = () => BuyersHolds;

/** Disproves that a buyer has a hold of the SKU. A hold that was sold is none any more. */
export const disproveHasHold = (evidence: Evidence, buyers: Buyers): Disprove =>
  disproveHas(evidence, buyers, aHold(evidence));

/** Disproves that a buyer has bought the SKU. A purchase that was cancelled is none any more. */
export const disproveHasBought = (evidence: Evidence, buyers: Buyers): Disprove =>
  disproveHas(evidence, buyers, aPurchase(evidence));

/** Disproves that a buyer has either a hold of the SKU or a purchase. */
export function disproveHasOne(evidence: Evidence, buyers: Buyers): Disprove {
  const hold = aHold(evidence);
  const purchase = aPurchase(evidence);
  return disproveHas(evidence, buyers, {
    what: 'a hold or a purchase',
    isAfter: (kind) => hold.isAfter(kind) || purchase.isAfter(kind),
    spansOf: (each) => [...hold.spansOf(each), ...purchase.spansOf(each)],
    others: (buyer) => [...hold.others(buyer), ...purchase.others(buyer)],
  });
}

function aHold(evidence: Evidence): Possession {
  const { sale } = evidence;
  const brief = findBriefHolds(evidence);
  return {
    what: 'a hold',
    isAfter: (kind) => kind === 'RESERVED',
    spansOf(hold) {
      const taken = possibly(hold, sale);
      if (taken === undefined) return [];
      const untilNs = Math.min(taken.untilNs, soldByNs(hold) ?? Infinity);
      return [{ from: taken.fromNs, until: untilNs }];
    },
    others: (buyer) => brief.get(buyer) ?? [],
  };
}

function aPurchase(evidence: Evidence): Possession {
  const vague = findVaguePurchases(evidence);
  return {
    what: 'a purchase',
    isAfter: (kind) => kind === 'SOLD',
    spansOf(hold) {
      const isDeclined = hold.decision?.isSure === true && !hold.decision.isYes;
      if (hold.confirmed === 'no' || isDeclined) return [];
      // A registration may buy what an earlier call has left, and nothing is bought before it.
      const fromNs = hold.confirms[0]?.invokedAtNs ?? hold.askedAtNs;
      return [{ from: fromNs, until: returnedByNs(hold) ?? Infinity }];
    },
    others: (buyer) => vague.get(buyer) ?? [],
  };
}

/** The calls of the first holds; a witness shows no more. */
const reservesOf = (holds: Hold[]): Operation[] =>
  holds.slice(0, WITNESS_OPERATIONS_MAX).map(({ reserve }) => reserve);

/** Keeps the tests of buyers with many holds, who may be asked about with every refusal. */
function keptForMany<Test>(
  sizeOf: (buyer: string) => number,
  create: (buyer: string) => Test,
): (buyer: string) => Test {
  const kept = new Map<string, Test>();
  return (buyer) => {
    if (kept.has(buyer)) return kept.get(buyer) as Test;
    const test = create(buyer);
    if (sizeOf(buyer) > FEW) kept.set(buyer, test);
    return test;
  };
}

const FEW = 8;

interface Possession {
  what: string;
  /** True if a buyer has it after movements of a reservation of which the last is of this kind. */
  isAfter(kind: MovementRow['kind']): boolean;
  /** The times in which a hold may have been such a possession. */
  spansOf(hold: Hold): Span[];
  /** Other times in which a buyer, by `ofBuyer`, may have had one. */
  others(buyer: string): (Span & Partial<BriefHold>)[];
}

function disproveHas(
  evidence: Evidence,
  buyers: Buyers,
  { what, isAfter, spansOf, others }: Possession,
): Disprove {
  const { holds, rows, unexplained } = buyers();
  const { index: ledger } = indexLedger(evidence);
  const { sale } = evidence;
  const replays = replaySales(evidence);
  const sizeOf = (buyer: string): number =>
    (holds.get(buyer)?.length ?? 0) + (rows.get(buyer)?.length ?? 0) + others(buyer).length;

  /** The test that tells if a buyer had one after the movements up to a number. */
  const hadByNumber = keptForMany(sizeOf, (buyer) =>
    createMeetingTest(
      (rows.get(buyer) ?? []).flatMap(({ reservationId }) => {
        const movements = ledger?.movementsByReservation.get(reservationId) ?? [];
        return movements.flatMap(({ sequence: from, kind }, place) => {
          if (!isAfter(kind)) return [];
          const until = (movements[place + 1]?.sequence ?? Number.POSITIVE_INFINITY) - 1;
          return [{ from, until }];
        });
      }),
    ),
  );
  const meetingTestOf = (own: Hold[], other: Span[]) =>
    own.some((hold) => isGuessed(hold, evidence.attribution))
      ? undefined
      : createMeetingTest([...own.flatMap(spansOf), ...other]);
  /** The test that tells if a buyer may have had one at some moment of a span of time; undefined if nobody can tell. */
  const hadByTime = keptForMany(sizeOf, (buyer) =>
    meetingTestOf(holds.get(buyer) ?? [], others(buyer)),
  );
  function byNumber({ call }: Refusal, sku: string, buyer: string): Disproof | undefined {
    const { sequence } = call;
    const replay = replays.get(sku);
    // Without reservations, nobody knows whose holds the movements are about.
    if (!ledger?.keeps('reservation')) return undefined;
    if (sequence === undefined || replay?.source !== 'ledger') return undefined;
    if (sequence > replay.steps.length) return undefined;
    if (hadByNumber(buyer)(sequence, sequence)) return undefined;
    const why = `the refusal was decided after stock movement ${sequence} of ${skuName(sku)}, and by the movements up to that one the buyer does not have ${what} of it`;
    return { why, operations: reservesOf(holds.get(buyer) ?? []) };
  }

  function byTime(refusal: Refusal, sku: string, buyer: string): Disproof | undefined {
    const { call, fromNs, toNs } = refusal;
    if (unexplained.has(buyer)) return undefined;
    const all = holds.get(buyer) ?? [];
    // An attempt that was declined, a checkout, or a line of a basket, is not what its buyer is said to have already.
    const mayBeAmong =
      call.kind === 'attempt' || call.kind === 'confirm' || call.basket !== undefined;
    const own = mayBeAmong ? all.filter(({ reserve }) => reserve.id !== call.id) : all;
    const isHad = mayBeAmong
      ? meetingTestOf(
          own,
          others(buyer).filter(({ basket }) => basket === undefined || basket !== call.basket),
        )
      : hadByTime(buyer);
    if (isHad === undefined || isHad(fromNs, toNs)) return undefined;
    const why = `the buyer cannot have had ${what} of ${skuName(sku)} at any moment of the call`;
    return { why, operations: reservesOf(own) };
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
