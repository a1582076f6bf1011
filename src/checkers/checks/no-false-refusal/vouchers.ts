import { groupBy } from '../../../kernel/group-by.ts';
import { shortId } from '../../../kernel/wording.ts';
import type { Evidence } from '../../evidence.ts';
import { isPromised } from '../../gaps.ts';
import { findCallsAbout } from '../../reading/calls-about.ts';
import { indexLedger } from '../../reading/ledger-index.ts';
import type { Disprove } from './refusal.ts';

/** Disproves that a voucher was used before: nobody else can have used it by then, or the final ledger has it unused. */
export function disproveVoucherUsed(evidence: Evidence): Disprove {
  const { index } = indexLedger(evidence);
  const vouchers = isPromised('voucher', evidence) ? (index?.vouchers ?? []) : [];
  const rows = groupBy(vouchers, ({ code }) => code);
  const about = findCallsAbout(evidence);
  return ({ call, toNs }) => {
    const { voucher, buyer } = call;
    if (voucher === undefined) return undefined;
    const calls = about.voucher.get(voucher) ?? [];
    const issue = calls.filter(({ kind }) => kind === 'register');
    const name = `voucher ${shortId(voucher)}`;
    const row = rows.get(voucher)?.[0];
    if (row?.usedAt === null) {
      return { why: `${name} is still unused in the final ledger`, operations: issue };
    }
    const uses = calls.filter(({ kind, outcome }) => kind === 'redeem' && outcome !== 'fail');
    if (uses.some(({ invokedAtNs }) => invokedAtNs <= toNs)) return undefined;
    if (about.mayBeNameless('redeem', buyer, toNs)) return undefined;
    // A use that no call explains is another check's find.
    if (row !== undefined && uses.length === 0) return undefined;
    return { why: `nobody can have used ${name} by then`, operations: [...issue, ...uses] };
  };
}

/** Disproves that the time of a voucher is over: it was used later. */
export function disproveVoucherEnded(evidence: Evidence): Disprove {
  const about = findCallsAbout(evidence).voucher;
  return ({ call, toNs }) => {
    const later = (about.get(call.voucher ?? '') ?? []).find(
      ({ kind, outcome, invokedAtNs }) =>
        kind === 'redeem' && outcome === 'ok' && invokedAtNs > toNs,
    );
    if (later === undefined) return undefined;
    return {
      why: `voucher ${shortId(call.voucher)} was used by a later call`,
      operations: [later],
    };
  };
}
