import { type Operation, takesStock } from '../../../history/operation.ts';
import { shortId, skuName } from '../../../kernel/wording.ts';
import type { LedgerAttempt } from '../../../protocol/ledger.ts';
import type { LedgerIndex } from '../../reading/ledger-index.ts';
import {
  NOBODY,
  type OrderRow,
  type PaymentRow,
  type ReservationRow,
  type VoucherRow,
} from '../../reading/rows.ts';
import type { Theft } from './theft.ts';

/** A row of the ledger that belongs to a buyer. */
interface OwnedRow {
  userId: string;
}

/**
 * Finds rows of the ledger that are booked on another buyer than the one whom they belong to: the one who was told of them,
 * the one whose call made or used them, or the owner of the row on which they rest.
 *
 * @param known calls of which a theft was found already
 */
export function theftsByRows(
  operations: Operation[],
  ledger: LedgerIndex,
  known: ReadonlySet<Operation>,
): { thefts: Theft[]; wrongRows: Set<OwnedRow> } {
  const { reservationById, orderById, voucherByCode } = ledger;
  const knownIds = idsOf(known);
  const thefts: Theft[] = [];
  const wrongRows = new Set<OwnedRow>();
  const add = (row: OwnedRow, name: string, whose: string, calls: Operation[]): void => {
    if (row.userId === NOBODY || wrongRows.has(row)) return;
    wrongRows.add(row);
    thefts.push({
      what: `in the ledger ${name} is booked on buyer ${shortId(row.userId)}, and ${whose}`,
      calls,
    });
  };

  for (const call of operations) {
    const { kind, outcome, buyer, hold, newHold, order, voucher } = call;
    if (outcome !== 'ok' || buyer === undefined || known.has(call)) continue;
    const tell = <Row extends OwnedRow>(row: Row | undefined, { nameOf }: Sort<Row>): void => {
      if (row === undefined || row.userId === buyer) return;
      add(row, nameOf(row), `${nameBuyer(call)} was told of it`, [call]);
    };
    const isConfirm = kind === 'confirm';
    if (!isConfirm && !takesStock(kind)) continue;
    tell(reservationById.get((isConfirm ? newHold : hold) ?? ''), RESERVATION);
    tell(orderById.get(order ?? ''), ORDER);
    if (!isConfirm) tell(voucherByCode.get(voucher ?? ''), VOUCHER);
  }

  const callOf = callsById(operations);
  /** Looks at the rows of a sort. `basisOf` finds the row that a row rests on, and that must be the same buyer's. */
  function compare<Row extends OwnedRow, Basis extends OwnedRow>(
    rows: readonly Row[],
    { nameOf, idsOf, callIdOf, did }: Sort<Row>,
    basisOf: (row: Row) => Basis | undefined,
    basisSort: Sort<Basis>,
  ): void {
    for (const row of rows) {
      const { userId } = row;
      const callId = callIdOf(row);
      const call = callId === null ? undefined : callOf.get(callId);
      const basis = basisOf(row);
      const isOfCall = call === undefined || call.buyer === userId;
      // Nearly every row is right, and needs no name.
      if (isOfCall && (basis === undefined || basis.userId === userId)) continue;
      if (idsOf(row).some((id) => knownIds.has(id))) continue;
      if (!isOfCall) {
        add(row, nameOf(row), `the call that ${did} it is of ${nameBuyer(call)}`, [call]);
      } else if (basis !== undefined && basis.userId !== NOBODY && !wrongRows.has(basis)) {
        const whose = `its ${basisSort.nameOf(basis)} is of buyer ${shortId(basis.userId)}`;
        add(row, nameOf(row), whose, call ? [call] : []);
      }
    }
  }
  const orderOf = ({ orderId }: { orderId: string | null }) =>
    orderId === null ? undefined : orderById.get(orderId);
  compare(ledger.reservations, RESERVATION, () => undefined, RESERVATION);
  compare(
    ledger.orders,
    ORDER,
    ({ reservationId }) => reservationById.get(reservationId),
    RESERVATION,
  );
  compare(ledger.attempts, ATTEMPT, orderOf, ORDER);
  compare(ledger.vouchers, VOUCHER, orderOf, ORDER);
  compare(ledger.payments, PAYMENT, orderOf, ORDER);
  return { thefts, wrongRows };
}

const nameBuyer = ({ buyer }: Operation): string => `buyer ${shortId(buyer)}`;

/** The ids of everything that some calls are about. */
function idsOf(calls: ReadonlySet<Operation>): Set<string | null> {
  const ids = new Set<string | null>();
  for (const { hold, newHold, order, voucher } of calls) {
    for (const id of [hold, newHold, order, voucher]) if (id !== undefined) ids.add(id);
  }
  return ids;
}

/** A sort of rows that belong to buyers. */
interface Sort<Row> {
  nameOf(row: Row): string;
  /** The ids of a row and of the row that it rests on, if there is one. */
  idsOf(row: Row): (string | null)[];
  /** The id of the call that made or used a row; `did` says which. */
  callIdOf(row: Row): string | null;
  did: 'made' | 'used';
}

const RESERVATION: Sort<ReservationRow> = {
  nameOf: ({ reservationId }) => `reservation ${shortId(reservationId)}`,
  idsOf: ({ reservationId }) => [reservationId],
  callIdOf: ({ callId }) => callId,
  did: 'made',
};

const ORDER: Sort<OrderRow> = {
  nameOf: ({ orderId }) => `order ${shortId(orderId)}`,
  idsOf: ({ orderId, reservationId }) => [orderId, reservationId],
  callIdOf: ({ callId }) => callId,
  did: 'made',
};

const ATTEMPT: Sort<LedgerAttempt> = {
  nameOf: ({ skuId }) => `an attempt for ${skuName(skuId)}`,
  idsOf: ({ orderId }) => [orderId],
  callIdOf: ({ callId }) => callId,
  did: 'made',
};

const VOUCHER: Sort<VoucherRow> = {
  nameOf: ({ code }) => `voucher ${shortId(code)}`,
  idsOf: ({ code, orderId }) => [code, orderId],
  callIdOf: ({ usedByCallId }) => usedByCallId,
  did: 'used',
};

const PAYMENT: Sort<PaymentRow> = {
  nameOf: ({ transactionId }) => `payment ${shortId(transactionId)}`,
  idsOf: ({ orderId }) => [orderId],
  callIdOf: () => null,
  did: 'made',
};

/** The calls by their ids. A call that was refused is no owner: rows of it are phantoms. */
function callsById(operations: Operation[]): Map<string, Operation> {
  const calls = new Map<string, Operation>();
  for (const call of operations) {
    if (call.outcome === 'fail' || call.buyer === undefined) continue;
    const { callId } = call;
    if (callId !== undefined) calls.set(callId, call);
  }
  return calls;
}
