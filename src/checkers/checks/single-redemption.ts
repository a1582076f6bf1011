import type { Operation } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { bulletList, count, shortId } from '../../kernel/wording.ts';
import type { Checker, Finding } from '../checker.ts';
import type { Evidence } from '../evidence.ts';
import { describeCall, witnessOperations } from '../prose.ts';
import { findWishes } from '../reading/wishes.ts';

/** One voucher used twice. A call that repeats another call's idempotency key is no second use. */
export const singleRedemption: Checker = {
  name: 'single-redemption',
  needs: [],
  check(evidence) {
    const redeems = findWishes(evidence).calls.filter(({ kind }) => kind === 'redeem');
    if (redeems.length === 0) return { status: 'skipped', summary: 'no voucher was used' };
    const used = redeems.filter(({ outcome }) => outcome === 'ok');
    return (
      usedTwice(used, evidence) ?? {
        status: 'valid',
        summary: `${count(used.length, 'voucher')} used once each in ${count(redeems.length, 'call')}`,
      }
    );
  },
};

function usedTwice(used: Operation[], { sale }: Evidence): Finding | undefined {
  for (const [voucher, calls] of groupBy(used, (call) => call.voucher)) {
    if (calls.length < 2) continue;
    return {
      status: 'invalid',
      summary: `voucher ${shortId(voucher)} was used ${calls.length} times`,
      witness: {
        prose: bulletList(
          `A voucher is good for one use. ${shortId(voucher)} was accepted ${calls.length} times:`,
          calls.slice(0, 10).map((call) => describeCall(call, sale)),
        ),
        operations: witnessOperations(calls),
      },
    };
  }
  return undefined;
}
