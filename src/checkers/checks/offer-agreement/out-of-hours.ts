import { type Operation, takesStock } from '../../../history/operation.ts';
import { microsecondsOf } from '../../../kernel/iso-time.ts';
import { shortId, skuName } from '../../../kernel/wording.ts';
import type { Evidence } from '../../evidence.ts';
import { indexLedger, type LedgerIndex } from '../../reading/ledger-index.ts';
import { createMomentOf } from '../../reading/ledger-moment.ts';
import { resolutionUsOf } from '../../reading/ledger-times.ts';
import { findOffers } from '../../reading/offers.ts';
import { findWishes } from '../../reading/wishes.ts';
import type { Breach } from './breach.ts';

/**
 * Finds units that were taken before the sale of their SKU began or after it was over.
 *
 * The ledger's own clock decides when a sale is on, and dates its rows, so the time of a row says it exactly: of an attempt
 * the time at which it was accepted, since its units may be taken later, and of all else that of the reservation. What was
 * reserved in time may be bought afterwards. A yes is out of hours only if it was, wherever the ledger's clock can have
 * stood during the call.
 */
export function findOutOfHours(evidence: Evidence): Breach[] {
  const isLimited = evidence.sale.skus.some(
    ({ opensAt, closesAt }) => opensAt !== undefined || closesAt !== undefined,
  );
  if (!isLimited || evidence.sale.evidence.oneClock !== true) return [];
  const { index } = indexLedger(evidence);
  return [...(index === undefined ? [] : wrongRows(index, evidence)), ...wrongCalls(evidence)];
}

function wrongRows(ledger: LedgerIndex, evidence: Evidence): Breach[] {
  const offers = findOffers(evidence);
  const resolutionUs = resolutionUsOf(ledger);
  const breachOf = (skuId: string, at: string, name: string): Breach[] => {
    const { opensAt, closesAt } = offers.get(skuId) ?? {};
    const atUs = microsecondsOf(at);
    if (opensAt !== undefined && atUs + resolutionUs <= microsecondsOf(opensAt)) {
      return [
        {
          what: `${name} was made at ${at}, and the sale of ${skuName(skuId)} began at ${opensAt}`,
        },
      ];
    }
    if (closesAt !== undefined && atUs - resolutionUs >= microsecondsOf(closesAt)) {
      return [
        {
          what: `${name} was made at ${at}, and the sale of ${skuName(skuId)} ended at ${closesAt}`,
        },
      ];
    }
    return [];
  };
  return [
    ...ledger.attempts.flatMap(({ skuId, userId, createdAt }) =>
      breachOf(skuId, createdAt, `the attempt of buyer ${shortId(userId)}`),
    ),
    ...ledger.reservations.flatMap(({ skuId, reservationId, createdAt }) =>
      offers.get(skuId)?.soldBy === 'flash-sale'
        ? []
        : breachOf(skuId, createdAt, `reservation ${shortId(reservationId)}`),
    ),
  ];
}

function wrongCalls(evidence: Evidence): Breach[] {
  const momentOf = createMomentOf(evidence);
  if (momentOf === undefined) return [];
  const { decidedFromNs } = findWishes(evidence);
  const hours = new Map(
    evidence.sale.skus.map(({ skuId, opensAt, closesAt }) => [
      skuId,
      {
        opensNs: opensAt === undefined ? -Infinity : momentOf(microsecondsOf(opensAt)).fromNs,
        closesNs: closesAt === undefined ? Infinity : momentOf(microsecondsOf(closesAt)).toNs,
      },
    ]),
  );
  return evidence.operations.flatMap((call: Operation): Breach[] => {
    const { kind, sku, outcome, completedAtNs } = call;
    const open = hours.get(sku ?? '');
    if (open === undefined || outcome !== 'ok' || !takesStock(kind)) return [];
    if (completedAtNs < open.opensNs) {
      return [{ what: `${skuName(sku)} was given before its sale began`, call }];
    }
    if (decidedFromNs(call) > open.closesNs) {
      return [{ what: `${skuName(sku)} was given after its sale was over`, call }];
    }
    return [];
  });
}
