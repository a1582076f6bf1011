import { type Operation, takesStock } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { shortId, skuName } from '../../../kernel/wording.ts';
import type { LedgerLine } from '../../../protocol/ledger.ts';
import { type LedgerIndex, mapBy } from '../../reading/ledger-index.ts';
import type { OrderRow, ReservationRow } from '../../reading/rows.ts';

/**
 * Lines of baskets in the ledger of our own server that are not as their holds, orders and calls have it, a sentence each: of
 * a hold or an order that is another's or not there, or not in one basket with the other lines of its call.
 *
 * @param calls the lines of each call for a basket
 */
export function strangeLines(calls: readonly Operation[][], ledger: LedgerIndex): string[] {
  if (ledger.attribution !== undefined || !ledger.keeps('line')) return [];
  return [
    ...ledger.lines.flatMap((line) => wrongLine(line, ledger)),
    ...(ledger.keeps('reservation') ? scattered(calls, ledger) : []),
  ];
}

function wrongLine(line: LedgerLine, { reservationById, orderById, keeps }: LedgerIndex): string[] {
  const { basketId, skuId, reservationId, orderId } = line;
  const name = `the line of basket ${shortId(basketId)} for ${skuName(skuId)}`;
  const hold = reservationById.get(reservationId ?? '');
  const order = orderById.get(orderId ?? '');
  const isFor = (kind: string, id: string | null, row: Named | undefined): string[] => {
    if (id === null) return [];
    if (row === undefined) return [`${name} is for ${kind} ${shortId(id)}, which is not there`];
    const isIts = row.skuId === skuId && (line.userId === null || row.userId === line.userId);
    return isIts ? [] : [`${name} is for ${kind} ${shortId(id)} of another buyer or SKU`];
  };
  const isOfHold =
    order === undefined || hold === undefined || order.reservationId === reservationId;
  return [
    ...(keeps('reservation') ? isFor('reservation', reservationId, hold) : []),
    ...(keeps('order') ? isFor('order', orderId, order) : []),
    ...(isOfHold ? [] : [`${name} has an order of another reservation`]),
  ];
}

type Named = Pick<ReservationRow | OrderRow, 'skuId' | 'userId'>;

/** Holds that calls for baskets made, and that are in no basket, in several, or in that of another call. */
function scattered(calls: readonly Operation[][], { reservations, lines }: LedgerIndex): string[] {
  const lineOf = groupBy(lines, ({ reservationId }) => reservationId ?? undefined);
  const holdOf = mapBy(reservations, ({ callId }) => callId ?? undefined);
  const callOf = new Map<string, Operation[]>();
  return calls.flatMap((call) => {
    const made = call.flatMap(({ kind, callId }) =>
      takesStock(kind) ? (holdOf.get(callId ?? '') ?? []) : [],
    );
    const places = made.map(({ reservationId }) => lineOf.get(reservationId) ?? []);
    const [first] = places[0] ?? [];
    const name = `a call for a basket of buyer ${shortId(call[0]?.buyer)}`;
    if (places.some((own) => own.length !== 1)) {
      return [`a hold of ${name} is not a line of one basket in the ledger`];
    }
    if (places.some(([line]) => line?.basketId !== first?.basketId)) {
      return [`the ledger has the lines of ${name} in several baskets`];
    }
    const other = callOf.get(first?.basketId ?? '');
    if (first !== undefined) callOf.set(first.basketId, call);
    return other === undefined
      ? []
      : [`the ledger has the lines of ${name} in that of another call`];
  });
}
