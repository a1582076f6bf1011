import type { Operation } from '../../../history/operation.ts';
import { shortId, skuName } from '../../../kernel/wording.ts';
import type { WayOfSelling } from '../../../protocol/ways-of-selling.ts';
import type { Evidence } from '../../evidence.ts';
import { indexLedger } from '../../reading/ledger-index.ts';
import { findOffers, isAside, WAY_IN_WORDS } from '../../reading/offers.ts';
import type { Breach } from './breach.ts';

/**
 * Finds calls that got units in another way than these are sold: they were answered yes, or the final ledger has a row that
 * bears their call id.
 */
export function findAside(evidence: Evidence): Breach[] {
  const aside = evidence.operations.filter((call) => isAside(call, evidence) === true);
  if (aside.length === 0) return [];
  const madeBy = rowsByCallId(evidence);
  return aside.flatMap((call): Breach[] => {
    const isYes = call.outcome === 'ok';
    const row = isYes ? undefined : madeBy.get(call.callId ?? '');
    if (!isYes && row === undefined) return [];
    const sold = `${skuName(call.sku)} is sold ${wayOf(call, evidence)} alone`;
    return [
      {
        what: isYes
          ? `${sold}, and a call to ${call.kind} it was answered yes`
          : `${sold}, and ${row} was made by a call to ${call.kind} it`,
        call,
      },
    ];
  });
}

/** The way in which the SKU of such a call is sold. It is known, or nobody could say that the call asked in another. */
const wayOf = ({ sku }: Operation, evidence: Evidence): string =>
  WAY_IN_WORDS[findOffers(evidence).get(sku ?? '')?.soldBy as WayOfSelling];

/** Names of the reservations and orders in the final ledger, by the ids of the calls that made them. */
function rowsByCallId(evidence: Evidence): Map<string, string> {
  const { index } = indexLedger(evidence);
  const names = new Map<string, string>();
  for (const { callId, reservationId } of index?.reservations ?? []) {
    if (callId !== null) names.set(callId, `reservation ${shortId(reservationId)}`);
  }
  for (const { callId, orderId } of index?.orders ?? []) {
    if (callId !== null) names.set(callId, `order ${shortId(orderId)}`);
  }
  return names;
}
