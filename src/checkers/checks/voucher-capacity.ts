import type { Operation } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { lazy } from '../../kernel/memo.ts';
import { count, shortId, skuName } from '../../kernel/wording.ts';
import type { Checker, Finding } from '../checker.ts';
import type { Evidence } from '../evidence.ts';
import { WITNESS_OPERATIONS_MAX, witnessOfCalls } from '../prose.ts';
import { eventfulCalls } from '../reading/eventful-calls.ts';
import { indexLedger, isStanding, type LedgerIndex } from '../reading/ledger-index.ts';
import type { VoucherRow } from '../reading/rows.ts';
import { findWishes } from '../reading/wishes.ts';

/**
 * More vouchers of a campaign than it has room for, by the codes in the answers or by the vouchers of the final ledger;
 * or an order that issued a second voucher for its one unit. `unknown` when only calls that nobody can settle make it more:
 * registrations and cancellations without an answer, and no ledger of vouchers.
 */
export const voucherCapacity: Checker = {
  name: 'voucher-capacity',
  needs: [],
  check(evidence) {
    // Registrations and cancellations that were refused are no eventful calls.
    const registers = eventfulCalls(findWishes(evidence).calls).filter(
      ({ kind }) => kind === 'register',
    );
    const { index: ledger } = indexLedger(evidence);
    const stored = ledger?.vouchers ?? [];
    if (registers.length === 0 && stored.length === 0) {
      return { status: 'skipped', summary: 'no voucher was issued' };
    }
    const cancels = cancelledOrders(evidence, ledger);
    const asked = groupBy(registers, ({ sku }) => sku);
    const kept = groupBy(stored, ({ skuId }) => skuId);
    // Vouchers, orders and reservations all count the units of a campaign.
    const isSettled = (['voucher', 'order', 'reservation'] as const).some((kind) =>
      ledger?.keeps(kind),
    );
    let doubt: Finding | undefined;
    for (const { skuId, total } of evidence.sale.skus) {
      const ofSku = asked.get(skuId) ?? [];
      const wrong =
        tooManyGiven(
          skuId,
          total,
          standing(ofSku.filter(isAnswered), cancels.possible),
          evidence,
        ) ??
        tooManyKept(skuId, total, kept.get(skuId) ?? [], { ledger, cancelled: cancels.possible });
      if (wrong) return wrong;
      if (!isSettled) {
        doubt ??= tooManyAtWorst(skuId, total, standing(ofSku, cancels.sure), evidence);
      }
    }
    const given = registers.filter(isAnswered).length;
    return (
      issuedTwice(ledger) ??
      doubt ?? {
        status: 'valid',
        summary: `${count(given, 'voucher')} handed out${ledger?.keeps('voucher') ? `, ${stored.length} in the ledger` : ''}, no campaign over its capacity`,
      }
    );
  },
};

const isAnswered = ({ outcome }: Operation): boolean => outcome === 'ok';

/** The registrations whose orders were cancelled, by the calls that did it. */
interface Cancelled {
  /** Orders. The ledger settles cancellations without an answer. */
  sure: Set<string>;
  possible: Set<string>;
}

function cancelledOrders(evidence: Evidence, ledger: LedgerIndex | undefined): Cancelled {
  const sure = new Set<string>();
  const possible = new Set<string>();
  const ordersOf = createOrderSearch(evidence);
  for (const call of eventfulCalls(evidence.operations)) {
    if (call.kind !== 'cancel') continue;
    for (const order of ordersOf(call)) {
      const row = ledger?.orderById.get(order);
      if (call.outcome === 'ok' || row?.status === 'CANCELLED') sure.add(order);
      if (sure.has(order) || row === undefined) possible.add(order);
    }
  }
  return { sure, possible };
}

/** Creates the search for the orders that a cancellation may be about. In a described shop it need not name one. */
function createOrderSearch({
  sale,
  operations,
}: Evidence): (cancel: Operation) => readonly string[] {
  const ofHold = lazy(() => groupBy(eventfulCalls(operations), ({ hold }) => hold));
  const ofBuyer = lazy(() => groupBy(eventfulCalls(operations), ({ buyer }) => buyer));
  const callsOf = ({ hold, buyer = '' }: Operation): readonly Operation[] | undefined => {
    if (sale.shop === undefined) return undefined;
    return hold === undefined ? ofBuyer().get(buyer) : ofHold().get(hold);
  };
  return (cancel) =>
    cancel.order === undefined
      ? (callsOf(cancel) ?? []).map(({ order }) => order).filter((order) => order !== undefined)
      : [cancel.order];
}

/** The registrations whose orders were not cancelled, which would have made room for others. */
const standing = (registers: Operation[], cancelled: Set<string>): Operation[] =>
  registers.filter(({ order }) => order === undefined || !cancelled.has(order));

/** Registrations shown in a witness: the last within the capacity and the first beyond it. */
const SHOWN = 5;

function tooManyGiven(
  sku: string,
  capacity: number,
  registers: Operation[],
  { sale }: Evidence,
): Finding | undefined {
  if (registers.length <= capacity) return undefined;
  const given = registers.toSorted((a, b) => a.completedAtNs - b.completedAtNs);
  const shown = given.slice(0, capacity + 1).slice(-SHOWN);
  return {
    status: 'invalid',
    summary: `${skuName(sku)} has room for ${count(capacity, 'voucher')}, and ${given.length} were handed out`,
    witness: witnessOfCalls(
      `${skuName(sku)} has room for ${count(capacity, 'voucher')}. ${given.length} people were given one; the last that fit and the first that did not:`,
      shown,
      sale,
    ),
  };
}

function tooManyKept(
  sku: string,
  capacity: number,
  vouchers: VoucherRow[],
  { ledger, cancelled }: { ledger: LedgerIndex | undefined; cancelled: Set<string> },
): Finding | undefined {
  const standing = vouchers.filter(({ orderId }) => {
    const order = ledger?.orderById.get(orderId);
    return order === undefined ? !cancelled.has(orderId) : isStanding(order);
  });
  if (standing.length <= capacity) return undefined;
  return {
    status: 'invalid',
    summary: `${skuName(sku)} has room for ${count(capacity, 'voucher')}, and the final ledger has ${standing.length}`,
    witness: {
      prose: `${skuName(sku)} has room for ${count(capacity, 'voucher')}. The final ledger has ${standing.length} whose orders stand.`,
      operations: [],
    },
  };
}

function tooManyAtWorst(
  sku: string,
  capacity: number,
  registers: Operation[],
  { operations, sale }: Evidence,
): Finding | undefined {
  if (registers.length <= capacity) return undefined;
  const orders = new Set(registers.map(({ order }) => order));
  const open = [
    ...registers,
    ...operations.filter(({ kind, order }) => kind === 'cancel' && orders.has(order)),
  ].filter(({ outcome }) => outcome === 'info');
  const shown = open.slice(0, WITNESS_OPERATIONS_MAX);
  return {
    status: 'unknown',
    summary: `${skuName(sku)} has room for ${count(capacity, 'voucher')}, and calls without an answer may have made it ${registers.length}`,
    witness: witnessOfCalls(
      `${skuName(sku)} has room for ${count(capacity, 'voucher')}. If every call nobody can settle had the worst effect, ${registers.length} were handed out. ` +
        `${count(open.length, 'call')} got no answer${open.length > shown.length ? `, of which the first ${shown.length}` : ''}:`,
      shown,
      sale,
    ),
  };
}

function issuedTwice(ledger: LedgerIndex | undefined): Finding | undefined {
  // Without orders, nobody knows how many units a voucher's order sold.
  if (!ledger?.keeps('order')) return undefined;
  for (const [orderId, vouchers] of ledger.vouchersByOrder) {
    const units = ledger.orderById.get(orderId)?.quantity ?? 1;
    if (vouchers.length <= units) continue;
    const ids = vouchers.map(({ voucherId }) => shortId(voucherId)).slice(0, 10);
    return {
      status: 'invalid',
      summary: `order ${shortId(orderId)} of ${count(units, 'unit')} issued ${vouchers.length} vouchers`,
      witness: {
        prose: `A voucher is one unit. Order ${shortId(orderId)} sold ${count(units, 'unit')} and issued ${count(vouchers.length, 'voucher')}: ${ids.join(', ')}.`,
        operations: [],
      },
    };
  }
  return undefined;
}
