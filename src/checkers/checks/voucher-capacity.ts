import type { Operation } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { bulletList, count, shortId } from '../../kernel/wording.ts';
import type { LedgerVoucher } from '../../protocol/ledger.ts';
import type { Checker, Finding } from '../checker.ts';
import type { Evidence } from '../evidence.ts';
import { describeCall, witnessOperations } from '../prose.ts';
import { indexLedger, isStanding, type LedgerIndex } from '../reading/ledger-index.ts';
import { findWishes } from '../reading/wishes.ts';

/**
 * More vouchers of a campaign than it has room for, by the codes in the answers or by the vouchers of the final ledger;
 * or an order that issued a second voucher for its one unit.
 */
export const voucherCapacity: Checker = {
  name: 'voucher-capacity',
  needs: [],
  check(evidence) {
    const registers = findWishes(evidence).calls.filter(
      ({ kind, outcome }) => kind === 'register' && outcome === 'ok',
    );
    const { index: ledger } = indexLedger(evidence);
    const stored = ledger?.vouchers ?? [];
    if (registers.length === 0 && stored.length === 0) {
      return { status: 'skipped', summary: 'no voucher was issued' };
    }
    const given = groupBy(registers, ({ sku }) => sku);
    const kept = groupBy(stored, ({ skuId }) => skuId);
    for (const { skuId, total } of evidence.sale.skus) {
      const wrong =
        tooManyGiven(skuId, total, given.get(skuId) ?? [], evidence) ??
        tooManyKept(skuId, total, kept.get(skuId) ?? [], ledger);
      if (wrong) return wrong;
    }
    return (
      issuedTwice(ledger) ?? {
        status: 'valid',
        summary: `${count(registers.length, 'voucher')} handed out${ledger === undefined ? '' : `, ${stored.length} in the ledger`}, no campaign over its capacity`,
      }
    );
  },
};

/** Registrations shown in a witness: the last within the capacity and the first beyond it. */
const SHOWN = 5;

function tooManyGiven(
  sku: string,
  capacity: number,
  registers: Operation[],
  { operations, sale }: Evidence,
): Finding | undefined {
  // A registration whose order may have been cancelled has made room for another.
  const cancelled = new Set<string | undefined>();
  for (const { kind, outcome, order } of operations) {
    if (kind === 'cancel' && outcome !== 'fail') cancelled.add(order);
  }
  const standing = registers
    .filter(({ order }) => order === undefined || !cancelled.has(order))
    .sort((a, b) => a.completedAtNs - b.completedAtNs);
  if (standing.length <= capacity) return undefined;
  const shown = standing.slice(0, capacity + 1).slice(-SHOWN);
  return {
    status: 'invalid',
    summary: `${sku} has room for ${count(capacity, 'voucher')}, and ${standing.length} were handed out`,
    witness: {
      prose: bulletList(
        `${sku} has room for ${count(capacity, 'voucher')}. ${standing.length} people were given one; the last that fit and the first that did not:`,
        shown.map((call) => describeCall(call, sale)),
      ),
      operations: witnessOperations(shown),
    },
  };
}

function tooManyKept(
  sku: string,
  capacity: number,
  vouchers: LedgerVoucher[],
  ledger: LedgerIndex | undefined,
): Finding | undefined {
  const standing = vouchers.filter(({ orderId }) => {
    const order = ledger?.orderById.get(orderId);
    return order === undefined || isStanding(order);
  });
  if (standing.length <= capacity) return undefined;
  return {
    status: 'invalid',
    summary: `${sku} has room for ${count(capacity, 'voucher')}, and the final ledger has ${standing.length}`,
    witness: {
      prose: `${sku} has room for ${count(capacity, 'voucher')}. The final ledger has ${standing.length} whose orders stand.`,
      operations: [],
    },
  };
}

function issuedTwice(ledger: LedgerIndex | undefined): Finding | undefined {
  for (const [orderId, vouchers] of ledger?.vouchersByOrder ?? []) {
    const units = ledger?.orderById.get(orderId)?.quantity ?? 1;
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
