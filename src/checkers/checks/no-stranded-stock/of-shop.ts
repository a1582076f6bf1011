import { count, skuName } from '../../../kernel/wording.ts';
import type { LedgerInventory } from '../../../protocol/ledger.ts';
import type { Finding } from '../../checker.ts';
import type { Evidence } from '../../evidence.ts';
import { possibly } from '../../reading/bounds.ts';
import { findHolds } from '../../reading/holds.ts';
import { isStanding, type LedgerIndex, sumUnits } from '../../reading/ledger-index.ts';
import { mayHaveOlderRows } from '../../reading/other-people.ts';

/**
 * Looks for units that nobody has and nobody can buy, by the orders and the stock of a shop. Where it has no rows of
 * reservations, all units that may still be held by the answers are taken for held. Undefined when none is missing.
 */
export function judgeShop(ledger: LedgerIndex, evidence: Evidence): Finding | undefined {
  const open = ledger.inventory.map((row) => whyOpen(row, ledger, evidence));
  for (const [place, row] of ledger.inventory.entries()) {
    if (open[place] !== undefined) continue;
    const missing = missingUnits(row, ledger, evidence);
    if (missing !== undefined) return missing;
  }
  return open.every((why) => why !== undefined)
    ? { status: 'skipped', summary: open[0] as string }
    : undefined;
}

/** The reason why nobody can tell which units of a SKU are missing; undefined if the books tell. */
function whyOpen(
  { skuId, available }: LedgerInventory,
  ledger: LedgerIndex,
  { sale }: Evidence,
): string | undefined {
  if (available === null) return 'the stock has no column of the units on sale';
  if (!ledger.keeps('order')) return 'no orders were read';
  if (mayHaveOlderRows(skuId, sale))
    return `${skuName(skuId)} was on sale before, so its rows are not all of this sale`;
  const { attribution } = ledger;
  if (attribution?.guessedUnits.size) return 'not every row tells how many units it has';
  const hasHolds = ledger.keeps('reservation');
  if (!hasHolds && sale.nobodyElseBuys === false) {
    return 'other people may hold units, and no reservations were read';
  }
  const isVague = ledger.reservations.some(
    ({ reservationId, status }) => status === null && !attribution?.madeOfOrders.has(reservationId),
  );
  return isVague ? 'the reservations do not tell how they ended' : undefined;
}

function missingUnits(
  row: LedgerInventory,
  ledger: LedgerIndex,
  evidence: Evidence,
): Finding | undefined {
  const { skuId } = row;
  const available = row.available as number;
  const total = row.total ?? evidence.sale.skus.find((sku) => sku.skuId === skuId)?.total ?? 0;
  const ofSku = ledger.ordersBySku.get(skuId) ?? [];
  const sold = sumUnits(ofSku.filter(isStanding));
  const pending = sumUnits(ofSku.filter(({ status }) => status === 'PENDING'));
  const held = pending + heldUnits(skuId, ledger, evidence);
  // A counter below zero has nothing on sale; that it does not add up is for conservation to say.
  const missing = total - Math.max(0, available) - sold - held;
  if (missing <= 0) return undefined;
  const holding = held === 0 ? '' : ` and at most ${held} were held`;
  return {
    status: 'invalid',
    summary: `${count(missing, 'unit')} of ${skuName(skuId)} stranded: neither on sale nor anybody’s`,
    witness: {
      prose: `${skuName(skuId)} has ${count(total, 'unit')}. At the end ${available} were on sale, ${sold} in standing orders${holding}: ${missing} are nowhere, and nobody can buy them.`,
      operations: [],
    },
  };
}

/** Units that were held when the ledger was read, or may have been. */
function heldUnits(sku: string, ledger: LedgerIndex, evidence: Evidence): number {
  if (ledger.keeps('reservation')) {
    return sumUnits(
      (ledger.reservationsBySku.get(sku) ?? []).filter(({ status }) => status === 'RESERVED'),
    );
  }
  const reading = evidence.books?.find(({ skuId }) => skuId === sku);
  const readNs = reading?.fromNs ?? evidence.operations.at(-1)?.invokedAtNs ?? 0;
  const holds = findHolds(evidence).bySku.get(sku) ?? [];
  return sumUnits(
    holds.filter((hold) => {
      const isOrdered = (ledger.ordersByReservation.get(hold.reserve.hold ?? '') ?? []).some(
        isStanding,
      );
      return !isOrdered && (possibly(hold, evidence.sale)?.untilNs ?? 0) >= readNs;
    }),
  );
}
