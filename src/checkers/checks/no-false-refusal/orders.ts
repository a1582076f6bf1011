import { shortId } from '../../../kernel/wording.ts';
import type { Evidence } from '../../evidence.ts';
import { isPromised } from '../../gaps.ts';
import { findCallsAbout } from '../../reading/calls-about.ts';
import { indexLedger } from '../../reading/ledger-index.ts';
import type { Disprove } from './refusal.ts';

/**
 * Disproves that an order has ended: it stands in the final ledger, or it was cancelled later. An order that has ended
 * never comes back. Failures and deliveries are nobody's calls, so without these proofs the refusal is believed.
 */
export function disproveOrderEnded(evidence: Evidence): Disprove {
  const { index } = indexLedger(evidence);
  const ledger = isPromised('order', evidence) ? index : undefined;
  const about = findCallsAbout(evidence);
  return ({ call, toNs }) => {
    const { order, buyer } = call;
    if (order === undefined) return undefined;
    const name = `order ${shortId(order)}`;
    const calls = about.order.get(order) ?? [];
    const makers = calls.filter(({ kind, outcome }) => kind !== 'cancel' && outcome === 'ok');
    // A row that is only like the buyer's order may be another one of theirs.
    const isVague = ledger?.attribution?.vague.has(order) === true;
    const status = isVague ? undefined : ledger?.orderById.get(order)?.status;
    if (status === 'PENDING' || status === 'CONFIRMED') {
      return { why: `${name} is still ${status} in the final ledger`, operations: makers };
    }
    const cancels = calls.filter(({ kind, outcome }) => kind === 'cancel' && outcome !== 'fail');
    const later = cancels.filter(({ invokedAtNs }) => invokedAtNs > toNs);
    if (cancels.length > later.length) return undefined;
    if (about.mayBeNameless('cancel', buyer, toNs)) return undefined;
    const yes = later.find(({ outcome }) => outcome === 'ok');
    if (yes === undefined) return undefined;
    return { why: `${name} was cancelled by a later call`, operations: [...makers, yes] };
  };
}
