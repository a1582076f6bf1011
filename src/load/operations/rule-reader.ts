import type { CompleteFacts } from '../../history/operation-writer.ts';
import type { OperationRule } from '../../target/target.ts';
import { count, property, text } from './json-values.ts';

/** The parts of a call that a rule reads facts from. */
export interface CallContents {
  /** The request's JSON body. */
  body: unknown;
  /** The parameters in the request's path. */
  path: Record<string, string> | undefined;
  /** The answer's JSON body. */
  answer: unknown;
}

type ReadFact = (contents: CallContents) => unknown;
type ReadObserved = (contents: CallContents) => CompleteFacts['observed'];

/** A rule whose places have been made functions once, so that no request has to parse them. */
export interface RuleReader {
  kind: OperationRule['kind'];
  /** True when a fact of the invocation is in the request's body. */
  readsBody: boolean;
  sku: ReadFact;
  quantity: ReadFact;
  hold: ReadFact;
  order: ReadFact;
  voucher: ReadFact;
  answerHold: ReadFact;
  answerOrder: ReadFact;
  answerVoucher: ReadFact;
  answerSku: ReadFact;
  answerSequence: ReadFact;
  observed: ReadObserved | undefined;
}

export function createRuleReader(rule: OperationRule): RuleReader {
  return {
    kind: rule.kind,
    readsBody: [rule.sku, rule.quantity, rule.hold, rule.order, rule.voucher].some((place) =>
      place?.startsWith('body.'),
    ),
    sku: factAt(rule.sku),
    quantity: factAt(rule.quantity),
    hold: factAt(rule.hold),
    order: factAt(rule.order),
    voucher: factAt(rule.voucher),
    answerHold: factAt(rule.answerHold),
    answerOrder: factAt(rule.answerOrder),
    answerVoucher: factAt(rule.answerVoucher),
    answerSku: factAt(rule.answerSku),
    answerSequence: factAt(rule.answerSequence),
    observed: rule.answerObserved && createObservedReader(rule.answerObserved),
  };
}

/** A function that reads a place such as `body.skuId`, `path.id` or `answer.order.id`; without a place it reads undefined. */
function factAt(place: string | undefined): ReadFact {
  const [source, ...path] = place?.split('.') ?? [];
  if (source !== 'body' && source !== 'path' && source !== 'answer') return () => undefined;
  const [only] = path;
  if (only !== undefined && path.length === 1)
    return (contents) => property(contents[source], only);
  return (contents) => path.reduce(property, contents[source]);
}

function createObservedReader(places: NonNullable<OperationRule['answerObserved']>): ReadObserved {
  const available = factAt(places.available);
  const reserved = factAt(places.reserved);
  const sold = factAt(places.sold);
  const decision = factAt(places.decision);
  return (contents) => ({
    available: count(available(contents)),
    reserved: count(reserved(contents)),
    sold: count(sold(contents)),
    decision: text(decision(contents)),
  });
}
