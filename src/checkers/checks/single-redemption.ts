import type { Operation } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { count, shortId } from '../../kernel/wording.ts';
import type { Checker, Finding } from '../checker.ts';
import type { Evidence } from '../evidence.ts';
import { witnessOfCalls } from '../prose.ts';
import { indexLedger, type LedgerIndex } from '../reading/ledger-index.ts';
import { findWishes, type Wishes } from '../reading/wishes.ts';

/**
 * One voucher used twice: accepted in two calls, or in one and by the ledger in another. A call that repeats another call's
 * idempotency key is no second use. `unknown` when a call that nobody can settle may have been the second use: no answer
 * came, and no ledger says which call used the voucher.
 */
export const singleRedemption: Checker = {
  name: 'single-redemption',
  needs: [],
  check(evidence) {
    const wishes = findWishes(evidence);
    const redeems = wishes.calls.filter(({ kind }) => kind === 'redeem');
    if (redeems.length === 0) return { status: 'skipped', summary: 'no voucher was used' };
    const { index: ledger } = indexLedger(evidence);
    const possible = redeems.filter(({ outcome }) => outcome !== 'fail');
    let doubt: Finding | undefined;
    for (const [voucher, calls] of groupBy(possible, (call) => call.voucher)) {
      if (calls.length < 2) continue;
      const sure = calls.filter((call) => settle(call, ledger, wishes) === 'happened');
      if (sure.length > 1) return usedTwice(voucher, sure, evidence);
      const open = calls.filter((call) => settle(call, ledger, wishes) === 'open');
      if (sure.length + open.length > 1) doubt ??= maybeTwice(voucher, calls, evidence);
    }
    const used = possible.filter(({ outcome }) => outcome === 'ok').length;
    return (
      doubt ?? {
        status: 'valid',
        summary: `${count(used, 'voucher')} used once each in ${count(redeems.length, 'call')}`,
      }
    );
  },
};

/** The fate of a call: by its answer, or else by the ledger’s voucher. */
function settle(
  call: Operation,
  ledger: LedgerIndex | undefined,
  { callIdsOf }: Wishes,
): 'happened' | 'did-not-happen' | 'open' {
  if (call.outcome === 'ok') return 'happened';
  if (!ledger?.keeps('voucher')) return 'open';
  const row = ledger.voucherByCode.get(call.voucher ?? '');
  if (row === undefined || row.usedAt === null) return 'did-not-happen';
  if (row.usedByCallId === null) return 'open';
  return callIdsOf(call).includes(row.usedByCallId) ? 'happened' : 'did-not-happen';
}

export const describeUses = (voucher: string, times: number): string =>
  `voucher ${shortId(voucher)} was used ${times} times`;

function usedTwice(voucher: string, calls: Operation[], { sale }: Evidence): Finding {
  return {
    status: 'invalid',
    summary: describeUses(voucher, calls.length),
    witness: witnessOfCalls(
      `A voucher is good for one use. ${shortId(voucher)} was used ${calls.length} times, by the answers and the ledger:`,
      calls,
      sale,
    ),
  };
}

function maybeTwice(voucher: string, calls: Operation[], { sale }: Evidence): Finding {
  const open = calls.filter(({ outcome }) => outcome === 'info').length;
  return {
    status: 'unknown',
    summary: `${count(open, 'call')} without an answer may have used voucher ${shortId(voucher)} a second time`,
    witness: witnessOfCalls(
      `A voucher is good for one use. Nobody can tell if ${shortId(voucher)} was used once or twice:`,
      calls,
      sale,
    ),
  };
}
