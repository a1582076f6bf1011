import type { CountedDecision, CountedFact } from '../history/counted.ts';
import { type Operation, type OperationKind, takesStock } from '../history/operation.ts';
import type { CheckResult } from './checker.ts';
import type { Evidence } from './evidence.ts';
import { describeCall, witnessOperations } from './prose.ts';
import { createSoldOutTest } from './reading/sold-out.ts';
import { findWishes } from './reading/wishes.ts';

/** Compares the counters that a Prometheus has of the target with the calls; no result where nobody asked a Prometheus. */
export function countedResults(evidence: Evidence): CheckResult[] {
  const { counted = [] } = evidence;
  if (counted.length === 0) return [];
  const name = 'prometheus-agreement';
  for (const fact of counted) {
    const disagreement = compare(fact, evidence);
    if (disagreement !== undefined) return [{ name, status: 'invalid', ...disagreement }];
  }
  const open = counted.filter(({ most }) => most === null).map(({ decision }) => decision);
  const limits =
    open.length === 0
      ? ''
      : `; of ${open.join(', ')} more may have been counted than ${counted[0]?.source} saw`;
  const decisions = counted.map(({ decision, least, most }) => `${decision} ${most ?? least}`);
  return [
    {
      name,
      status: 'valid',
      summary: `the counters agree with the calls: ${decisions.join(', ')}${limits}`,
    },
  ];
}

/**
 * A counter may count calls or units, so what lies between the two is no fault. More than all calls could be is one only if
 * nobody else buys.
 */
function compare(
  fact: CountedFact,
  evidence: Evidence,
): Pick<CheckResult, 'summary' | 'witness'> | undefined {
  const { decision, selector, least, most } = fact;
  const { certain, possible } = callsCounted(decision, evidence);
  const fewest = Math.min(certain.length, unitsOf(certain));
  const greatest = Math.max(possible.length, unitsOf(possible));
  const isTooFew = most !== null && most < fewest;
  const isTooMany = least > greatest && isAlone(evidence);
  if (!isTooFew && !isTooMany) return undefined;
  const counted = isTooFew ? `at most ${most}` : `at least ${least}`;
  const answered = isTooFew
    ? `buyers were told so in at least ${fewest} calls`
    : `no more than ${greatest} calls can have come to that`;
  const shown = isTooFew ? certain : possible;
  return {
    summary: `${selector} counted ${counted} ${decision} during the sale, and ${answered}`,
    witness: {
      prose: `Over all instances, ${fact.source} saw ${selector} rise by ${counted} during the sale; ${answered}. A dashboard over this counter shows another sale than the one that happened.${shown[0] === undefined ? '' : ` One of these calls: ${describeCall(shown[0], evidence.sale)}`}`,
      operations: witnessOperations(shown),
    },
  };
}

/** Our own server is bought from by the run alone; of any other shop the target file says it. */
const isAlone = ({ sale }: Evidence): boolean => sale.nobodyElseBuys ?? sale.shop === undefined;

/**
 * The calls that were surely counted, and those that may have been. An answer from memory may have been counted or not. A basket
 * may have been counted once, line by line, or by a counter of its own.
 */
function callsCounted(
  decision: CountedDecision,
  evidence: Evidence,
): { certain: Operation[]; possible: Operation[] } {
  const { isRepeated } = findWishes(evidence);
  const isSoldOut = createSoldOutTest(evidence.sale);
  const { certain, possible } = KINDS[decision];
  const isAnswered = ({ outcome }: Operation): boolean =>
    decision === 'refused' || decision === 'sold_out' ? outcome === 'fail' : outcome === 'ok';
  const isSure = (call: Operation): boolean =>
    certain(call.kind) &&
    call.basket === undefined &&
    (decision === 'sold_out' ? isSoldOut(call) : isAnswered(call)) &&
    !isRepeated(call);
  // The yes to an attempt is a promise, and the shop may decline it later.
  const isPromise = ({ kind, outcome }: Operation): boolean =>
    kind === 'attempt' && outcome === 'ok';
  const mayBe = (call: Operation): boolean =>
    possible(call.kind) && (isAnswered(call) || isPromise(call) || call.outcome === 'info');
  const { operations } = evidence;
  return { certain: operations.filter(isSure), possible: operations.filter(mayBe) };
}

type IsKind = (kind: OperationKind) => boolean;

const isOneOf =
  (...kinds: OperationKind[]): IsKind =>
  (kind) =>
    kinds.includes(kind);
const any: IsKind = () => true;
const none: IsKind = () => false;

/**
 * The kinds of calls that come to a decision for sure, and those that may. A shop counts as it likes if a purchase in one
 * call is a reservation, and which refusals it counts; the yes to an attempt is a promise, whose unit is sold later.
 */
const KINDS: Record<CountedDecision, { certain: IsKind; possible: IsKind }> = {
  reserved: {
    certain: isOneOf('reserve'),
    possible: (kind) => takesStock(kind) || kind === 'confirm',
  },
  sold: {
    certain: isOneOf('confirm', 'buy', 'register'),
    possible: (kind) => kind === 'confirm' || (takesStock(kind) && kind !== 'reserve'),
  },
  sold_out: { certain: takesStock, possible: any },
  refused: { certain: none, possible: any },
  released: { certain: isOneOf('release'), possible: any },
  cancelled: { certain: isOneOf('cancel'), possible: any },
};

const unitsOf = (calls: Operation[]): number =>
  calls.reduce((sum, { quantity }) => sum + quantity, 0);
