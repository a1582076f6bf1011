import type { Operation, SaleFacts } from '../../../history/operation.ts';
import { lazy } from '../../../kernel/memo.ts';
import { shortId } from '../../../kernel/wording.ts';
import type { Evidence } from '../../evidence.ts';
import { buyerOf } from '../../prose.ts';
import { eventfulCalls } from '../../reading/eventful-calls.ts';
import { isMade, type LedgerIndex } from '../../reading/ledger-index.ts';
import { NOBODY } from '../../reading/rows.ts';
import type { Owners } from './by-answers.ts';
import type { Theft } from './theft.ts';

/** Something that a call is about, as the ledger has it. */
interface Subject {
  /** Tells two subjects apart. Key and name are written only for the few calls of strangers. */
  key(): string;
  owner: string;
  name(): string;
  /** True when the ledger shows what the call asked for, and the buyer was told that the thing is theirs. */
  isDone: boolean;
}

/**
 * Finds calls about something of another buyer, by the ledger: those that were answered yes, and those without an answer
 * that alone can have done what the ledger shows, because the owner never asked for it.
 *
 * @param known calls of which a theft was found already
 * @param wrongRows rows that are booked on the wrong buyer, which therefore tell nothing about an owner
 */
export function theftsByStrangers(
  { operations, sale }: Evidence,
  ledger: LedgerIndex,
  owners: Owners,
  { known, wrongRows }: { known: ReadonlySet<Operation>; wrongRows: ReadonlySet<object> },
): Theft[] {
  const calls = eventfulCalls(operations).filter(
    ({ kind, outcome, buyer }) => outcome !== 'fail' && buyer !== undefined && kind in DID,
  );
  // Nearly all calls are about something of their own buyer.
  const others = calls.filter((call) => {
    const row = rowOf(call, ledger);
    return row !== undefined && row.userId !== call.buyer && !known.has(call);
  });
  if (others.length === 0) return [];
  const subjectOf = createSubjects(ledger, owners, wrongRows, soldHolds(operations, sale));
  const byStrangers = others.flatMap((call) => {
    const subject = subjectOf(call);
    return subject === undefined || subject.owner === NOBODY ? [] : { call, subject };
  });
  if (byStrangers.length === 0) return [];

  const explained = new Set<string>();
  // A thing of somebody whose calls nobody recorded may have been used by them.
  const recorded = lazy(() => new Set(operations.map(({ buyer }) => buyer)));
  const isAlone = sale.nobodyElseBuys !== false;
  const rows = new Set(byStrangers.map(({ call }) => rowOf(call, ledger)));
  for (const call of calls) {
    if (!rows.has(rowOf(call, ledger))) continue;
    const subject = subjectOf(call);
    if (subject?.owner === call.buyer || known.has(call)) explained.add(subject?.key() ?? '');
  }
  return byStrangers.flatMap(({ call, subject: { owner, isDone, ...subject } }): Theft[] => {
    const key = subject.key();
    const mayBeOwners = explained.has(key) || !(isAlone || recorded().has(owner));
    if (call.outcome === 'info' && (!isDone || mayBeOwners)) return [];
    explained.add(key);
    const how =
      call.outcome === 'ok' ? '' : `; in the ledger it is done, and nobody else asked for it`;
    const what = `${buyerOf(call)} ${DID[call.kind as keyof typeof DID]} ${subject.name()}, which is of buyer ${shortId(owner)}${how}`;
    return [{ what, calls: [call] }];
  });
}

const DID = {
  confirm: 'checked out',
  release: 'gave back',
  cancel: 'cancelled',
  redeem: 'used',
} as const;

/**
 * The holds that somebody was told to have checked out. In a described shop, any checkout counts: it may delete an order that
 * it cancels, and give back a hold whose payment it refuses.
 */
const soldHolds = (operations: Operation[], { shop }: SaleFacts): ReadonlySet<string | undefined> =>
  new Set(
    eventfulCalls(operations)
      .filter(({ kind, outcome }) => kind === 'confirm' && (outcome === 'ok' || shop !== undefined))
      .map(({ hold }) => hold),
  );

/** The row of the thing that a call is about. */
function rowOf(
  { kind, hold = '', order = '', voucher = '' }: Operation,
  { reservationById, orderById, voucherByCode }: LedgerIndex,
): { userId: string } | undefined {
  if (kind === 'cancel') return orderById.get(order);
  return kind === 'redeem' ? voucherByCode.get(voucher) : reservationById.get(hold);
}

/** Creates the search for what a call is about. */
function createSubjects(
  ledger: LedgerIndex,
  { holds, orders }: Owners,
  wrongRows: ReadonlySet<object>,
  sold: ReadonlySet<string | undefined>,
): (call: Operation) => Subject | undefined {
  const { reservationById, orderById, ordersByReservation, voucherByCode, attribution } = ledger;
  /** True for a row that may as well be of another call, and then tells nothing of what was done to this one's. */
  const isVague = (id: string): boolean => attribution?.vague.has(id) === true;

  function subjectOfHold(kind: 'confirm' | 'release', id: string): Subject | undefined {
    const row = reservationById.get(id);
    if (row === undefined || wrongRows.has(row)) return undefined;
    const made = (ordersByReservation.get(id) ?? []).filter(isMade);
    // An order that names its call is judged by that.
    const isSold = ledger.keeps('order')
      ? made.some(({ callId }) => callId === null)
      : row.status === 'CONFIRMED';
    // A hold was given back, or its order was cancelled. Some shops keep no orders, or delete those that are cancelled.
    const hadOrder = made.length > 0 || sold.has(id) || !ledger.keeps('order');
    const isGivenBack = row.status === 'CANCELLED' && !hadOrder;
    const isDone = kind === 'confirm' ? isSold : isGivenBack;
    return {
      key: () => `${kind} ${id}`,
      owner: row.userId,
      name: () => `reservation ${shortId(id)}`,
      isDone: isDone && holds.get(id)?.kind === 'reserve' && !isVague(id),
    };
  }

  return ({ kind, hold, order, voucher }) => {
    switch (kind) {
      case 'confirm':
      case 'release':
        return hold === undefined ? undefined : subjectOfHold(kind, hold);
      case 'cancel': {
        const row = orderById.get(order ?? '');
        if (row === undefined || wrongRows.has(row)) return undefined;
        const isDone =
          row.status === 'CANCELLED' && orders.has(row.orderId) && !isVague(row.orderId);
        const name = () => `order ${shortId(order)}`;
        return { key: () => `cancel ${order}`, owner: row.userId, name, isDone };
      }
      case 'redeem': {
        const row = voucherByCode.get(voucher ?? '');
        if (row === undefined || wrongRows.has(row)) return undefined;
        const isDone = row.usedAt !== null && row.usedByCallId === null;
        const name = () => `voucher ${shortId(voucher)}`;
        return { key: () => `redeem ${voucher}`, owner: row.userId, name, isDone };
      }
      default:
        return undefined;
    }
  };
}
