import type { Evidence } from '../../../src/checkers/evidence.ts';
import {
  copyOf,
  NOT_ALONE,
  type Operation,
  ofSomeLine,
  type SaleFacts,
  takesStock,
} from '../../../src/history/operation.ts';
import { groupBy } from '../../../src/kernel/group-by.ts';
import type { Disguise } from './described-shop.ts';

/** The calls as the run's recorder would have them. */
export function disguiseCalls(
  { operations, sale }: Evidence,
  as: Disguise,
  { random, isStranger }: { random(): number; isStranger(buyer: string): boolean },
): Operation[] {
  const isNamed = namedInRequests(operations);
  const baskets = groupBy(operations, ({ basket }) => basket);
  const linesOf = (call: Operation): Operation[] => baskets.get(call.basket ?? '') ?? [call];
  const fates = new Map<string, number>();
  /** A random number, the same for all lines of a basket, because one answer is for all of them. */
  const fateOf = (sort: string, { basket }: Operation): number => {
    const fate = (basket && fates.get(`${sort} ${basket}`)) ?? random();
    if (basket !== undefined) fates.set(`${sort} ${basket}`, fate as number);
    return fate as number;
  };
  return operations
    .filter(({ buyer }) => buyer === undefined || !isStranger(buyer))
    .map((call, place) => {
      const told = withIds({ ...copyOf(call), id: place + 1 }, as);
      if (call.outcome === 'info') return told;
      const isUnclassified = fateOf('unclassified', call) < as.unclassifiedRate;
      if (isUnclassified && !linesOf(call).some(isNamed)) return unclassified(told);
      if (call.outcome !== 'fail') return told;
      const isLimited = fateOf('limited', call) < as.limitedRate;
      return refusedBy(told, linesOf(call), sale, { as, isLimited });
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
  lines: Operation[],
  { refusals }: SaleFacts,
  { as: { codes, tellsLines }, isLimited }: { as: Disguise; isLimited: boolean },
): Operation {
  const { status, kind } = call;
  if (status === 0) return call;
  if (isLimited) return { ...call, status: 429, code: 'limited', sequence: undefined };
  const isOfAll = !tellsLines && lines.length > 1;
  const own = isOfAll ? lines.find(({ code }) => code !== NOT_ALONE)?.code : call.code;
  if (own === undefined || own === NOT_ALONE) return call;
  const code = disguiseCode(own);
  const isReason = codes === 'own' ? own in refusals : code !== 'refused';
  return isOfAll && isReason && takesStock(kind)
    ? { ...call, code: ofSomeLine(code), sequence: undefined }
    : { ...call, code };

  function disguiseCode(told: string): string {
    if (codes === 'own') return told;
    const reason = refusals[told] ?? 'refused';
    return codes === 'reasons' || reason === 'sold-out' ? reason : 'refused';
  }
}
