import type { Operation } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { bulletList, count, shortId } from '../../kernel/wording.ts';
import type { Checker, Finding } from '../checker.ts';
import type { Evidence } from '../evidence.ts';
import { buyerOf, describeCall, witnessOperations } from '../prose.ts';
import { indexLedger } from '../reading/ledger-index.ts';
import { findWishes } from '../reading/wishes.ts';

/**
 * One voucher used twice, or used by another buyer than its owner. A call that repeats another call's idempotency key is
 * no second use.
 */
export const singleRedemption: Checker = {
  name: 'single-redemption',
  needs: [],
  check(evidence) {
    const redeems = findWishes(evidence).calls.filter(({ kind }) => kind === 'redeem');
    if (redeems.length === 0) return { status: 'skipped', summary: 'no voucher was used' };
    const used = redeems.filter(({ outcome }) => outcome === 'ok');
    return (
      usedTwice(used, evidence) ??
      usedByOthers(used, evidence) ??
      usedByOthersInLedger(redeems, evidence) ?? {
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

function usedByOthers(used: Operation[], { operations, sale }: Evidence): Finding | undefined {
  const issued = new Map<string, Operation>();
  for (const call of operations) {
    const { kind, outcome, voucher } = call;
    if (kind === 'register' && outcome === 'ok' && voucher !== undefined) issued.set(voucher, call);
  }
  for (const call of used) {
    const register = issued.get(call.voucher ?? '');
    if (register?.buyer === undefined || call.buyer === undefined) continue;
    if (register.buyer === call.buyer) continue;
    return notTheirs(
      call,
      [describeCall(register, sale), describeCall(call, sale)],
      [register, call],
    );
  }
  return undefined;
}

function usedByOthersInLedger(redeems: Operation[], evidence: Evidence): Finding | undefined {
  const { index: ledger } = indexLedger(evidence);
  const byCallId = new Map(redeems.map((call) => [call.callId, call]));
  for (const { voucherId, userId, usedByCallId } of ledger?.vouchers ?? []) {
    const call = usedByCallId === null ? undefined : byCallId.get(usedByCallId);
    if (call?.buyer === undefined || call.buyer === userId) continue;
    const owner = `In the final ledger voucher ${shortId(voucherId)} belongs to buyer ${shortId(userId)}`;
    return notTheirs(call, [owner, describeCall(call, evidence.sale)], [call]);
  }
  return undefined;
}

const notTheirs = (call: Operation, lines: string[], operations: Operation[]): Finding => ({
  status: 'invalid',
  summary: `${buyerOf(call)} used voucher ${shortId(call.voucher)}, which was issued to somebody else`,
  witness: {
    prose: bulletList('A voucher is its owner’s alone:', lines),
    operations: witnessOperations(operations),
  },
});
