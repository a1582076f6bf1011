import type { Evidence } from '../../../src/checkers/evidence.ts';
import { copyOf, type Operation, type SaleFacts } from '../../../src/history/operation.ts';
import type { Disguise } from './described-shop.ts';

/** The calls as the run's recorder would have them. */
export function disguiseCalls(
  { operations, sale }: Evidence,
  as: Disguise,
  { random, isStranger }: { random(): number; isStranger(buyer: string): boolean },
): Operation[] {
  const isNamed = namedInRequests(operations);
  return operations
    .filter(({ buyer }) => buyer === undefined || !isStranger(buyer))
    .map((call, place) => {
      const told = withIds({ ...copyOf(call), id: place + 1 }, as);
      if (call.outcome === 'info') return told;
      if (random() < as.unclassifiedRate && !isNamed(call)) return unclassified(told);
      return call.outcome === 'fail' ? refusedBy(told, sale, as, random() < as.limitedRate) : told;
    });
}

function withIds(call: Operation, as: Disguise): Operation {
  const { callId, hold, newHold, order, sequence } = call;
  return {
    ...call,
    callId: as.callIds === 'none' ? undefined : callId,
    hold: as.tellsHolds ? hold : undefined,
    newHold: as.tellsHolds ? newHold : undefined,
    order: as.tellsOrders ? order : undefined,
    sequence: as.sequences ? sequence : undefined,
  };
}

/** Tells if a buyer used a thing later of which they knew by the answer to this call alone. */
function namedInRequests(operations: Operation[]): (call: Operation) => boolean {
  const named = new Set<string | undefined>();
  for (const { kind, hold, order, voucher } of operations) {
    if (kind === 'confirm' || kind === 'release') named.add(hold);
    if (kind === 'cancel') named.add(order);
    if (kind === 'redeem') named.add(voucher);
  }
  named.delete(undefined);
  return ({ kind, outcome, hold, order, voucher }) => {
    if (outcome !== 'ok' || kind === 'release' || kind === 'cancel' || kind === 'redeem')
      return false;
    return (
      kind === 'confirm' || kind === 'read' || [hold, order, voucher].some((id) => named.has(id))
    );
  };
}

/** The call with an answer that no rule fits: only the facts of its request are known. */
function unclassified(call: Operation): Operation {
  const { kind, hold, order, voucher } = call;
  return {
    ...call,
    outcome: 'info',
    completedAtNs: Number.POSITIVE_INFINITY,
    code: 'UNCLASSIFIED',
    hold: kind === 'confirm' || kind === 'release' ? hold : undefined,
    newHold: undefined,
    order: kind === 'cancel' ? order : undefined,
    voucher: kind === 'redeem' ? voucher : undefined,
    sequence: undefined,
    observed: undefined,
  };
}

function refusedBy(
  call: Operation,
  { refusals }: SaleFacts,
  { codes }: Disguise,
  isLimited: boolean,
): Operation {
  const { status, code = '' } = call;
  if (status === 0) return call;
  if (isLimited) return { ...call, status: 429, code: 'limited', sequence: undefined };
  if (codes === 'own') return call;
  const reason = refusals[code] ?? 'refused';
  return { ...call, code: codes === 'reasons' || reason === 'sold-out' ? reason : 'refused' };
}
