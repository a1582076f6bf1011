import type { SaleFacts } from '../../history/operation.ts';
import { bulletList, count, shortId, skuName } from '../../kernel/wording.ts';
import type { LedgerInventory } from '../../protocol/ledger.ts';
import { checkLedger } from '../ledger-check.ts';
import { isMade, isStanding, type LedgerIndex, sumUnits } from '../reading/ledger-index.ts';
import { mayHaveOlderRows } from '../reading/other-people.ts';
import type { MovementRow } from '../reading/rows.ts';

/**
 * Units that appear or vanish in the final ledger: a total that is not the sale's; columns that do not add up to the total
 * or are negative; columns that differ from the reservations and orders they count; an order of another size or SKU than
 * its reservation; movements with a missing or repeated number, or that do not add up to the columns. A hold that lapsed
 * and was not swept yet still counts as reserved. Rows of a kind that the target does not keep are not counted.
 */
export const conservation = checkLedger('conservation', ['inventory'], (ledger, { sale }) => {
  if (ledger.inventory.length === 0) {
    return { status: 'skipped', summary: 'the final ledger has none of the SKUs on sale' };
  }
  const totals = new Map(sale.skus.map(({ skuId, total }) => [skuId, total]));
  const wrong = [
    ...ledger.inventory.flatMap((row) => [
      ...(mayHaveOlderRows(row.skuId, sale) ? [] : totalAgainstSale(row, totals.get(row.skuId))),
      ...columnsAgainstTotal(
        row,
        mayHaveOlderRows(row.skuId, sale) ? undefined : totals.get(row.skuId),
      ),
      ...columnsAgainstRows(row, totals.get(row.skuId), ledger, sale),
      ...(ledger.keeps('movement')
        ? columnsAgainstMovements(row, ledger.movementsBySku.get(row.skuId) ?? [])
        : []),
    ]),
    ...ordersAgainstReservations(ledger),
  ];
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
  const isPartial = ledger.inventory.some(
    ({ available, reserved, sold }) => available === null || reserved === null || sold === null,
  );
  if (isPartial) {
    return {
      status: 'valid',
      summary: `the stock columns of ${skus} do not contradict one another or the total${describeRows(ledger)}`,
    };
  }
  return {
    status: 'valid',
    summary: `total = available + reserved + sold for ${skus}${describeRows(ledger)}`,
  };
});

function describeRows({
  keeps,
  reservations,
  orders,
  movements,
  attribution,
}: LedgerIndex): string {
  const counted = [
    ...(keeps('reservation') && !attribution?.madeOfOrders.size
      ? [count(reservations.length, 'reservation')]
      : []),
    ...(keeps('order') ? [count(orders.length, 'order')] : []),
    ...(keeps('movement') ? [count(movements.length, 'movement')] : []),
  ];
  if (counted.length === 0) return '';
  return `, as ${new Intl.ListFormat('en').format(counted)} have it`;
}

function totalAgainstSale(
  { skuId, total }: LedgerInventory,
  onSale: number | null = total,
): string[] {
  return total === null || total === onSale
    ? []
    : [`${skuName(skuId)}: the total is ${total}, the sale began with ${onSale}`];
}

/** @param onSale the units of the sale, for a shop whose stock has no total */
function columnsAgainstTotal(
  { skuId, total: stored, available, reserved, sold }: LedgerInventory,
  onSale: number | undefined,
): string[] {
  const wrong: string[] = [];
  const columns = Object.entries({ available, reserved, sold });
  const known = columns.flatMap(([column, units]) => (units === null ? [] : { column, units }));
  const total = stored ?? onSale;
  const sum = known.reduce((all, { units }) => all + units, 0);
  // Where a column is missing, the others cannot have more than all.
  const isWrong = known.length === columns.length ? sum !== total : sum > (total ?? sum);
  if (total !== undefined && isWrong) {
    const parts = known.map(({ column, units }) => `${units} ${column}`).join(' + ');
    wrong.push(
      known.length === 1
        ? `${skuName(skuId)}: ${parts}, the total is ${total}`
        : `${skuName(skuId)}: ${parts} is ${sum}, the total is ${total}`,
    );
  }
  for (const { column, units } of known) {
    if (units < 0) wrong.push(`${skuName(skuId)}: ${column} is ${units}`);
  }
  return wrong;
}

function columnsAgainstRows(
  row: LedgerInventory,
  onSale: number | undefined,
  ledger: LedgerIndex,
  sale: SaleFacts,
): string[] {
  const { skuId, reserved, sold } = row;
  // Units that were sold before the sale may be in one and not in the other.
  if (mayHaveOlderRows(skuId, sale)) return [];
  // A hold that an order stands for is never only reserved, and what is sold is compared with the orders themselves.
  const ofSku = ledger.reservationsBySku.get(skuId) ?? [];
  const sums = {
    reserved: sumUnits(ofSku.filter(({ status }) => status === 'RESERVED')),
    sold: sumUnits(ofSku.filter(({ status }) => status === 'CONFIRMED')),
    ordered: sumUnits((ledger.ordersBySku.get(skuId) ?? []).filter(isStanding)),
  };
  const tellsHolds = ledger.keeps('reservation') && tellsUnits('reservation', ledger);
  const wrong: string[] = [];
  if (tellsHolds && reserved !== null && sums.reserved !== reserved) {
    wrong.push(
      `${skuName(skuId)}: reserved is ${reserved}, reservations in that state have ${count(sums.reserved, 'unit')}`,
    );
  }
  // The reservations of a shop may end where its orders begin.
  const isSoldInHolds = ledger.attribution === undefined && tellsHolds;
  if (isSoldInHolds && sold !== null && sums.sold !== sold) {
    wrong.push(
      `${skuName(skuId)}: sold is ${sold}, confirmed reservations have ${count(sums.sold, 'unit')}`,
    );
  }
  if (!ledger.keeps('order') || !tellsUnits('order', ledger)) return wrong;
  if (sold !== null && sums.ordered !== sold) {
    wrong.push(`${skuName(skuId)}: sold is ${sold}, orders have ${count(sums.ordered, 'unit')}`);
  }
  return [...wrong, ...availableAgainstOrders(row, sums.ordered, onSale)];
}

/** Finds units that are on sale although orders have them, of a shop whose stock has no column of sold units. */
function availableAgainstOrders(
  { skuId, total, available, sold }: LedgerInventory,
  ordered: number,
  onSale: number | undefined,
): string[] {
  const all = total ?? onSale;
  if (sold !== null || available === null || all === undefined) return [];
  if (available + ordered <= all) return [];
  return [
    `${skuName(skuId)}: ${available} available and ${ordered} in standing orders are ${available + ordered}, the total is ${all}`,
  ];
}

/** True when each row says how many units it has, or the call that made it does. */
const tellsUnits = (kind: 'reservation' | 'order', ledger: LedgerIndex): boolean =>
  ledger.attribution?.guessedUnits.has(kind) !== true;

function ordersAgainstReservations(ledger: LedgerIndex): string[] {
  const { orders, reservationById } = ledger;
  if (!tellsUnits('order', ledger) || !tellsUnits('reservation', ledger)) return [];
  return orders.filter(isMade).flatMap(({ orderId, skuId, quantity, reservationId }) => {
    const row = reservationById.get(reservationId);
    if (row === undefined || (row.quantity === quantity && row.skuId === skuId)) return [];
    return [
      `${skuName(skuId)}: order ${shortId(orderId)} is of ${count(quantity, 'unit')}, and its reservation of ${count(row.quantity, 'unit')} of ${skuName(row.skuId)}`,
    ];
  });
}

function columnsAgainstMovements(row: LedgerInventory, movements: MovementRow[]): string[] {
  const { skuId, total, available, reserved, sold, sequence } = row;
  const gap = movements.findIndex((movement, place) => movement.sequence !== place + 1);
  if (gap >= 0) {
    return [
      `${skuName(skuId)}: movement ${gap + 1} is due, movement ${movements[gap]?.sequence} is there`,
    ];
  }
  if (sequence !== null && movements.length !== sequence) {
    return [
      `${skuName(skuId)}: the last movement should be ${sequence}, it is ${movements.length}`,
    ];
  }
  const units = (kind: MovementRow['kind']): number =>
    sumUnits(movements.filter((movement) => movement.kind === kind));
  const moved = {
    reserved: units('RESERVED') - units('SOLD') - units('RELEASED') - units('EXPIRED'),
    sold: units('SOLD') - units('RETURNED'),
  };
  const wrong: string[] = [];
  if (reserved !== null && moved.reserved !== reserved) {
    wrong.push(`${skuName(skuId)}: reserved is ${reserved}, the movements leave ${moved.reserved}`);
  }
  if (sold !== null && moved.sold !== sold)
    wrong.push(`${skuName(skuId)}: sold is ${sold}, the movements leave ${moved.sold}`);
  const left = (total ?? 0) - moved.reserved - moved.sold;
  if (total !== null && available !== null && left !== available) {
    wrong.push(`${skuName(skuId)}: available is ${available}, the movements leave ${left}`);
  }
  return wrong;
}
