import type { SaleFacts } from '../../history/operation.ts';
import { bulletList, count } from '../../kernel/wording.ts';
import type { LedgerInventory, LedgerMovement } from '../../protocol/ledger.ts';
import { checkLedger } from '../ledger-check.ts';
import { isStanding, type LedgerIndex, sumUnits } from '../reading/ledger-index.ts';

/**
 * Units that appear or vanish in the final ledger: a total that is not that of the sale; columns that do not add up to the total or are negative; columns
 * that differ from the reservations and orders they count; movements with a missing or repeated number, or that do not
 * add up to the columns. A hold that lapsed and was not swept yet still counts as reserved.
 */
export const conservation = checkLedger(
  'conservation',
  ['inventory', 'reservation'],
  (ledger, evidence) => {
    if (ledger.inventory.length === 0) {
      return { status: 'skipped', summary: 'the final ledger has none of the SKUs on sale' };
    }
    const wrong = ledger.inventory.flatMap((row) => [
      ...columnsAgainstTotal(row, evidence.sale),
      ...columnsAgainstRows(row, ledger),
      ...columnsAgainstMovements(row, ledger.movementsBySku.get(row.skuId) ?? []),
    ]);
    const skus = count(ledger.inventory.length, 'SKU');
    if (wrong.length > 0) {
      return {
        status: 'invalid',
        summary: `${count(wrong.length, 'sum')} of the final ledger wrong, over ${skus}: ${wrong[0]}`,
        witness: {
          prose: bulletList('Sums of the final ledger that do not come out:', wrong.slice(0, 20)),
          operations: [],
        },
      };
    }
    const movements = [...ledger.movementsBySku.values()].reduce(
      (sum, { length }) => sum + length,
      0,
    );
    return {
      status: 'valid',
      summary: `total = available + reserved + sold for ${skus}, as ${count(ledger.reservations.length, 'reservation')}, ${count(ledger.orders.length, 'order')} and ${count(movements, 'movement')} have it`,
    };
  },
);

function columnsAgainstTotal(
  { skuId, total, available, reserved, sold }: LedgerInventory,
  { skus }: SaleFacts,
): string[] {
  const wrong: string[] = [];
  const onSale = skus.find((sku) => sku.skuId === skuId);
  if (onSale !== undefined && onSale.total !== total) {
    wrong.push(`${skuId}: the total is ${total}, the sale began with ${onSale.total}`);
  }
  if (available + reserved + sold !== total) {
    wrong.push(
      `${skuId}: ${available} available + ${reserved} reserved + ${sold} sold is ${available + reserved + sold}, the total is ${total}`,
    );
  }
  for (const [column, units] of Object.entries({ available, reserved, sold })) {
    if (units < 0) wrong.push(`${skuId}: ${column} is ${units}`);
  }
  return wrong;
}

function columnsAgainstRows(
  { skuId, reserved, sold }: LedgerInventory,
  ledger: LedgerIndex,
): string[] {
  const ofSku = ledger.reservations.filter((row) => row.skuId === skuId);
  const sums = {
    reserved: sumUnits(ofSku.filter(({ status }) => status === 'RESERVED')),
    sold: sumUnits(ofSku.filter(({ status }) => status === 'CONFIRMED')),
    ordered: sumUnits(ledger.orders.filter((row) => row.skuId === skuId && isStanding(row))),
  };
  const wrong: string[] = [];
  if (sums.reserved !== reserved) {
    wrong.push(
      `${skuId}: reserved is ${reserved}, reservations in that state have ${count(sums.reserved, 'unit')}`,
    );
  }
  if (sums.sold !== sold) {
    wrong.push(
      `${skuId}: sold is ${sold}, confirmed reservations have ${count(sums.sold, 'unit')}`,
    );
  }
  if (sums.ordered !== sold) {
    wrong.push(`${skuId}: sold is ${sold}, orders have ${count(sums.ordered, 'unit')}`);
  }
  return wrong;
}

function columnsAgainstMovements(row: LedgerInventory, movements: LedgerMovement[]): string[] {
  const { skuId, total, available, reserved, sold, sequence } = row;
  const gap = movements.findIndex((movement, place) => movement.sequence !== place + 1);
  if (gap >= 0) {
    return [`${skuId}: movement ${gap + 1} is due, movement ${movements[gap]?.sequence} is there`];
  }
  if (movements.length !== sequence) {
    return [`${skuId}: the last movement should be ${sequence}, it is ${movements.length}`];
  }
  const units = (kind: LedgerMovement['kind']): number =>
    sumUnits(movements.filter((movement) => movement.kind === kind));
  const moved = {
    reserved: units('RESERVED') - units('SOLD') - units('RELEASED') - units('EXPIRED'),
    sold: units('SOLD') - units('RETURNED'),
  };
  const wrong: string[] = [];
  if (moved.reserved !== reserved) {
    wrong.push(`${skuId}: reserved is ${reserved}, the movements leave ${moved.reserved}`);
  }
  if (moved.sold !== sold)
    wrong.push(`${skuId}: sold is ${sold}, the movements leave ${moved.sold}`);
  const left = total - moved.reserved - moved.sold;
  if (left !== available) {
    wrong.push(`${skuId}: available is ${available}, the movements leave ${left}`);
  }
  return wrong;
}
