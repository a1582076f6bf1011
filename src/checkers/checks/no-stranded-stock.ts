import { bulletList, count, shortId, skuName } from '../../kernel/wording.ts';
import type { Finding } from '../checker.ts';
import type { Evidence } from '../evidence.ts';
import { checkLedger } from '../ledger-check.ts';
import { describeCall, WITNESS_OPERATIONS_MAX, witnessOperations } from '../prose.ts';
import type { Hold } from '../reading/hold.ts';
import { findHolds } from '../reading/holds.ts';
import { lapseOf } from '../reading/lapse.ts';
import { type LedgerIndex, sumUnits } from '../reading/ledger-index.ts';
import { judgeShop } from './no-stranded-stock/of-shop.ts';

/**
 * Units that nobody has and nobody can buy when the sale is over: the total has more units than are available, held and
 * sold together, or a hold that lapsed longer ago than the sweep may take still keeps its units.
 */
export const noStrandedStock = checkLedger(
  'no-stranded-stock',
  ['inventory'],
  (ledger, evidence) => {
    if (ledger.inventory.length === 0) {
      return { status: 'skipped', summary: 'the final ledger has none of the SKUs on sale' };
    }
    if (ledger.attribution === undefined && !ledger.keeps('reservation')) {
      return { status: 'skipped', summary: 'no reservations were read' };
    }
    if (ledger.attribution !== undefined) {
      const judged = judgeShop(ledger, evidence);
      if (judged !== undefined) return judged;
    }
    return (
      (ledger.attribution === undefined ? vanishedUnits(ledger) : undefined) ??
      unsweptHolds(evidence) ?? {
        status: 'valid',
        summary: `every unit of ${count(ledger.inventory.length, 'SKU')} is sold, held or on sale`,
      }
    );
  },
  ['reservation', 'order'],
);

function vanishedUnits(ledger: LedgerIndex): Finding | undefined {
  for (const { skuId, total, available } of ledger.inventory) {
    if (total === null || available === null) continue;
    const rows = ledger.reservationsBySku.get(skuId) ?? [];
    const held = sumUnits(rows.filter(({ status }) => status === 'RESERVED'));
    const sold = sumUnits(rows.filter(({ status }) => status === 'CONFIRMED'));
    const missing = total - available - held - sold;
    // A negative number means too many units, which other checks report.
    if (missing <= 0) continue;
    return {
      status: 'invalid',
      summary: `${count(missing, 'unit')} of ${skuName(skuId)} stranded: neither on sale nor anybody’s`,
      witness: {
        prose: `${skuName(skuId)} has ${count(total, 'unit')}. At the end ${available} were on sale, and reservations held ${held} and had bought ${sold}: ${missing} are nowhere, and nobody can buy them.`,
        operations: [],
      },
    };
  }
  return undefined;
}

/**
 * Finds lapsed holds that the sweeper left: those that had to be swept before the ledger was read and still stand in it. A
 * history without an account of that reading shows only that it came after the last call.
 */
function unsweptHolds(evidence: Evidence): Finding | undefined {
  const { sale, operations, books } = evidence;
  const lastCallNs = operations.at(-1)?.invokedAtNs ?? Number.NEGATIVE_INFINITY;
  const readNs = new Map(books?.map(({ skuId, fromNs }) => [skuId, fromNs]));
  const isForgotten = (hold: Hold): boolean => {
    const { sku, reservation } = hold;
    if (reservation?.status !== 'RESERVED' || !reservation.lapsed) return false;
    const dueNs = lapseOf(hold, evidence).latestNs + sale.sweepGraceMs * 1e6;
    return dueNs < (readNs.get(sku) ?? lastCallNs);
  };

  const forgotten = [...findHolds(evidence).bySku.values()].flat().filter(isForgotten);
  if (forgotten.length === 0) return undefined;
  const shown = forgotten.slice(0, WITNESS_OPERATIONS_MAX);
  return {
    status: 'invalid',
    summary: `${count(forgotten.length, 'hold')} of ${count(sumUnits(forgotten), 'unit')} had lapsed and were not put back on sale within ${sale.sweepGraceMs} ms`,
    witness: {
      prose: bulletList(
        `A hold lapses ${sale.holdTtlMs} ms after it was made and its units are on sale again at most ${sale.sweepGraceMs} ms later. ` +
          `The final ledger was read after that, and these still stood in it:`,
        shown.map(
          ({ reserve, reservation }) =>
            `reservation ${shortId(reservation?.reservationId)}: ${describeCall(reserve, sale)}`,
        ),
      ),
      operations: witnessOperations(shown.map(({ reserve }) => reserve)),
    },
  };
}
