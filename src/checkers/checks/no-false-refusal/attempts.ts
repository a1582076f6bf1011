import type { Operation } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { shortId } from '../../../kernel/wording.ts';
import type { Evidence } from '../../evidence.ts';
import { isPromised } from '../../gaps.ts';
import { indexLedger, ofBuyer } from '../../reading/ledger-index.ts';
import { findWishes } from '../../reading/wishes.ts';
import type { Disprove } from './refusal.ts';

/** Disproves that an earlier attempt of a buyer was accepted. */
export function disproveHasAttempted(evidence: Evidence): Disprove {
  const { index } = indexLedger(evidence);
  const ledger = isPromised('attempt', evidence) ? index : undefined;
  const { calls } = findWishes(evidence);
  const attempts = calls.filter(({ kind }) => kind === 'attempt');
  const accepted = groupBy(
    attempts.filter(({ outcome }) => outcome !== 'fail'),
    ({ sku, buyer }) => ofBuyer(sku, buyer),
  );
  const byCallId = new Map(attempts.map((call) => [call.callId, call]));
  const isLater = (call: Operation | undefined, toNs: number): boolean =>
    call !== undefined && call.invokedAtNs > toNs;

  return ({ call, toNs }) => {
    const { sku, buyer } = call;
    if (sku === undefined || buyer === undefined) return undefined;
    const key = ofBuyer(sku, buyer);
    const rows = ledger?.attemptsByBuyer.get(key) ?? [];
    if (ledger !== undefined && rows.length === 0) {
      return { why: 'the final ledger has no attempt of this buyer', operations: [] };
    }
    const others = (accepted.get(key) ?? []).filter(({ id }) => id !== call.id);
    if (others.some(({ invokedAtNs }) => invokedAtNs <= toNs)) return undefined;
    const rowsOfOthers = rows.filter(({ callId }) => callId !== call.callId);
    if (!rowsOfOthers.every(({ callId }) => isLater(byCallId.get(callId ?? ''), toNs))) {
      return undefined;
    }
    const name = shortId(buyer);
    return {
      why: `no other attempt of buyer ${name} can have been accepted by then`,
      operations: others,
    };
  };
}
