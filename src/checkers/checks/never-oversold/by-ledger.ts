import type { SaleFacts } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { memoized } from '../../../kernel/memo.ts';
import { bulletList, count, shortId, skuName } from '../../../kernel/wording.ts';
import type { Evidence } from '../../evidence.ts';
import { describeCall } from '../../prose.ts';
import type { Hold } from '../../reading/hold.ts';
import { findHolds } from '../../reading/holds.ts';
import { isStanding, isTaken, type LedgerIndex, sumUnits } from '../../reading/ledger-index.ts';
import { mayBeOlder, mayHaveOlderRows } from '../../reading/other-people.ts';
import type { Replay } from '../../reading/replay.ts';
import {
  fillReservations,
  NOBODY,
  type OrderRow,
  type ReservationRow,
} from '../../reading/rows.ts';
import { type Oversold, oversold, SHOWN_HELD } from './oversold.ts';

/** Finds more units in the reservations of the final ledger than exist. */
export function oversoldAtRest(
  sku: string,
  total: number,
  ledger: LedgerIndex | undefined,
  holds: Hold[],
  sale: SaleFacts,
): Oversold | undefined {
  if (ledger === undefined) return undefined;
  if (!ledger.keeps('reservation')) return oversoldInOrders(sku, total, ledger, sale);
  const taken = (ledger.reservationsBySku.get(sku) ?? []).filter(
    (row) => isTaken(row) && !mayBeOlder(row, ledger, sale),
  );
  const units = sumUnits(taken);
  // Reservations need not tell how they ended, where the orders do.
  if (units <= total) return oversoldInOrders(sku, total, ledger, sale);
  const sold = sumUnits(taken.filter(({ status }) => status === 'CONFIRMED'));
  const summary = `${skuName(sku)} has ${count(total, 'unit')}, and the final ledger has ${sold} sold and ${units - sold} held`;
  const isOrders = (ledger.attribution?.madeOfOrders.size ?? 0) === ledger.reservations.length;
  const what = isOrders ? 'order' : 'reservation';
  const last = holds
    .filter(({ reservation }) => reservation !== undefined && isTaken(reservation))
    .slice(-SHOWN_HELD);
  const prose = bulletList(
    `${skuName(sku)} has ${count(total, 'unit')}. When the sale was over, ${count(taken.length, what)} in the ledger ` +
      `were sold (${count(sold, 'unit')}) or still held (${count(units - sold, 'unit')}): ${count(units, 'unit')} together. The last of them:`,
    last.map(
      ({ reserve, reservation }) =>
        `${describeCall(reserve, sale)}; ${what} ${nameOf(reservation)} is ${reservation?.status}`,
    ),
  );
  return oversold(
    summary,
    prose,
    last.map(({ reserve }) => reserve),
  );
}

/** The name of a hold's row. That of an order says in its own words what it is. */
const nameOf = (row: ReservationRow | undefined): string =>
  shortId(row?.reservationId).replace(/^of (order )?/, '');

/** Finds more units in standing orders than exist, of a shop without rows of reservations. */
function oversoldInOrders(
  sku: string,
  total: number,
  ledger: LedgerIndex,
  sale: SaleFacts,
): Oversold | undefined {
  const sold = (ledger.ordersBySku.get(sku) ?? []).filter(
    (row) => isStanding(row) && !mayBeOlder(row, ledger, sale),
  );
  const units = sumUnits(sold);
  if (units <= total) return undefined;
  const prose = bulletList(
    `${skuName(sku)} has ${count(total, 'unit')}. When the sale was over, ${count(sold.length, 'order')} of ${count(units, 'unit')} stood in the ledger. The last of them:`,
    sold.slice(-SHOWN_HELD).map((row) => `order ${shortId(row.orderId)} ${describeRow(row)}`),
  );
  return oversold(
    `${skuName(sku)} has ${count(total, 'unit')}, and standing orders have ${units} of it`,
    prose,
    [],
  );
}

/**
 * Finds more units than exist in the reservations of a shop that deletes those of holds which are over. One that was sold counts only
 * if nobody can have cancelled its order since: its row may stay as it is.
 */
export function oversoldInLiveHolds(
  sku: string,
  total: number,
  evidence: Evidence,
): Oversold | undefined {
  const live = liveHoldsBySku(evidence).get(sku);
  if (live === undefined || mayHaveOlderRows(sku, evidence.sale)) return undefined;
  const mayBeCancelled = mayCancel(evidence);
  const taken = fillReservations(
    live.filter((row) => isTaken(row) && !(row.status === 'CONFIRMED' && mayBeCancelled)),
  );
  const units = sumUnits(taken);
  if (units <= total) return undefined;
  const prose = bulletList(
    `${skuName(sku)} has ${count(total, 'unit')}. When the sale was over, ${count(taken.length, 'reservation')} in the ledger had ${count(units, 'unit')}. The last of them:`,
    taken
      .slice(-SHOWN_HELD)
      .map((row) => `reservation ${shortId(row.reservationId)} ${describeRow(row)}`),
  );
  return oversold(
    `${skuName(sku)} has ${count(total, 'unit')}, and reservations that are not over have ${units} of it`,
    prose,
    [],
  );
}

const liveHoldsBySku = memoized(({ liveHolds = [] }: Evidence) =>
  groupBy(liveHolds, ({ skuId }) => skuId),
);

/** True when somebody may have cancelled an order. */
const mayCancel = memoized(
  ({ operations, sale }: Evidence): boolean =>
    sale.nobodyElseBuys === false ||
    operations.some(({ kind, outcome }) => kind === 'cancel' && outcome !== 'fail'),
);

/** A row after its name, in words. */
function describeRow({ quantity, userId, status }: OrderRow | ReservationRow): string {
  const whose = userId === NOBODY ? '' : ` for buyer ${shortId(userId)}`;
  return `of ${count(quantity, 'unit')}${whose} is ${status}`;
}

/** Finds a movement after which more units were taken than exist. */
export function oversoldInReplay(
  sku: string,
  replay: Replay | undefined,
  evidence: Evidence,
): Oversold | undefined {
  if (replay === undefined) return undefined;
  const { total, steps, source } = replay;
  const place = steps.placeOfOversell();
  const breaking = steps.at(place);
  if (breaking === undefined) return undefined;
  const { sale } = evidence;
  const { byId } = findHolds(evidence);
  const units = total - breaking.availableAfter;
  const whose = source === 'ledger' ? 'the ledger’s own movements' : 'the numbers in the answers';
  const summary = `${skuName(sku)} has ${count(total, 'unit')}; after movement ${breaking.sequence}, ${whose} have ${units} taken`;

  const shown = [...steps].slice(Math.max(0, place - SHOWN_HELD + 1), place + 1);
  const prose = bulletList(
    `${skuName(sku)} has ${count(total, 'unit')}. Played in the order of ${whose}, ${count(units, 'unit')} were taken after movement ${breaking.sequence}:`,
    shown.map(({ sequence, kind, quantity, hold, availableAfter }) => {
      const call = hold === undefined ? undefined : byId.get(hold)?.reserve;
      const asked = call ? `: ${describeCall(call, sale)}` : '';
      return `movement ${sequence}, ${kind} ${quantity}, leaves ${availableAfter}${asked}`;
    }),
  );
  const operations = shown.flatMap(({ hold }) =>
    hold === undefined ? [] : (byId.get(hold)?.reserve ?? []),
  );
  return oversold(summary, prose, operations);
}
