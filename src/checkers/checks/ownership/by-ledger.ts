import type { Operation } from '../../../history/operation.ts';
import { shortId, skuName } from '../../../kernel/wording.ts';
import type { LedgerIndex } from '../../reading/ledger-index.ts';
import { NOBODY } from '../../reading/rows.ts';
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
  const knownIds = idsOf(known);
  const thefts: Theft[] = [];
  const wrongRows = new Set<OwnedRow>();
  const add = (row: OwnedRow, name: Name, whose: string, calls: Operation[]): void => {
    if (row.userId === NOBODY || wrongRows.has(row)) return;
    wrongRows.add(row);
    thefts.push({
      what: `in the ledger ${name()} is booked on buyer ${shortId(row.userId)}, and ${whose}`,
      calls,
    });
  };

  for (const call of operations) {
    if (call.outcome !== 'ok' || call.buyer === undefined || known.has(call)) continue;
    for (const { row, name } of rowsTold(call, ledger)) {
      if (row.userId !== call.buyer) add(row, name, `${nameBuyer(call)} was told of it`, [call]);
    }
  }
  const callOf = callsById(operations);
  for (const { row, ids, name, callId, did, restsOn } of ownedRows(ledger)) {
    if (ids.some((id) => knownIds.has(id))) continue;
    const call = callId === null ? undefined : callOf.get(callId);
    if (call !== undefined && call.buyer !== row.userId) {
      add(row, name, `the call that ${did} it is of ${nameBuyer(call)}`, [call]);
    } else if (restsOn !== undefined && !wrongRows.has(restsOn.row)) {
      const { userId } = restsOn.row;
      if (userId !== NOBODY && userId !== row.userId) {
        add(row, name, `${restsOn.name()} is of buyer ${shortId(userId)}`, call ? [call] : []);
      }
    }
  }
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

/** Writes the name of a row, which is needed only for those that are wrong. */
type Name = () => string;

/** The rows of everything that an answer tells its buyer of. */
function rowsTold(
  { kind, hold, newHold, order, voucher }: Operation,
  { reservationById, orderById, voucherByCode }: LedgerIndex,
): { row: OwnedRow; name: Name }[] {
  const ofHold = (id: string | undefined) =>
    found(reservationById.get(id ?? ''), () => `reservation ${shortId(id)}`);
  const ofOrder = () => found(orderById.get(order ?? ''), () => `order ${shortId(order)}`);
  switch (kind) {
    case 'reserve':
    case 'attempt':
    case 'buy':
    case 'register':
      return [
        ...ofHold(hold),
        ...ofOrder(),
        ...found(voucherByCode.get(voucher ?? ''), () => `voucher ${shortId(voucher)}`),
      ];
    case 'confirm':
      return [...ofHold(newHold), ...ofOrder()];
    default:
      return [];
  }
}

const found = (row: OwnedRow | undefined, name: Name): { row: OwnedRow; name: Name }[] =>
  row === undefined ? [] : [{ row, name }];

/** A row with everything that tells whose it is. */
interface Belonging {
  row: OwnedRow;
  /** The ids of the row and of the row that it rests on, if there is one. */
  ids: (string | null)[];
  name: Name;
  /** The id of the call that made or used the row; `did` says which. */
  callId: string | null;
  did: 'made' | 'used';
  /** The row that this one rests on, and that must be the same buyer's. */
  restsOn?: { row: OwnedRow; name: Name };
}

function* ownedRows(ledger: LedgerIndex): Generator<Belonging> {
  const { reservationById, orderById } = ledger;
  const orderNamed = (id: string | null): Belonging['restsOn'] => {
    const row = id === null ? undefined : orderById.get(id);
    return row && { row, name: () => `its order ${shortId(row.orderId)}` };
  };
  for (const row of ledger.reservations) {
    const name = () => `reservation ${shortId(row.reservationId)}`;
    yield { row, ids: [row.reservationId], name, callId: row.callId, did: 'made' };
  }
  for (const row of ledger.orders) {
    const name = () => `order ${shortId(row.orderId)}`;
    const hold = reservationById.get(row.reservationId);
    const restsOn = hold && {
      row: hold,
      name: () => `its reservation ${shortId(hold.reservationId)}`,
    };
    const ids = [row.orderId, row.reservationId];
    yield { row, ids, name, callId: row.callId, did: 'made', restsOn };
  }
  for (const row of ledger.attempts) {
    const name = () => `an attempt for ${skuName(row.skuId)}`;
    const restsOn = orderNamed(row.orderId);
    yield { row, ids: [row.orderId], name, callId: row.callId, did: 'made', restsOn };
  }
  for (const row of ledger.vouchers) {
    const name = () => `voucher ${shortId(row.code)}`;
    const restsOn = orderNamed(row.orderId);
    const ids = [row.code, row.orderId];
    yield { row, ids, name, callId: row.usedByCallId, did: 'used', restsOn };
  }
  for (const row of ledger.payments) {
    const name = () => `payment ${shortId(row.transactionId)}`;
    const restsOn = orderNamed(row.orderId);
    yield { row, ids: [row.orderId], name, callId: null, did: 'made', restsOn };
  }
}

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
