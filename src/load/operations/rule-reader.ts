import {
  type AnswerView,
  createClassifier,
  createPollReader,
  createReader,
} from '../../../scenarios/lib/answers.ts';
import type { AnswerRule } from '../../../scenarios/lib/description.ts';
import type { CompleteFacts, InvokeFacts } from '../../history/operation-writer.ts';
import type { OperationRule } from '../../target/operation-rule.ts';
import type { Answer, Target } from '../../target/target.ts';
import { type BasketReader, createBasketReader } from './basket-reader.ts';
import { count, text, wholeNumber } from './json-values.ts';
import { createFactReader, type RequestContents } from './request-contents.ts';

/** An answer's meaning, the code that the history has for it, and the decision in it. */
export interface ReadAnswer {
  is: Answer;
  code?: string | undefined;
  decision?: string;
}

/** A rule whose places and conditions have been made functions once, so that no request has to parse them. */
export interface RuleReader {
  kind: OperationRule['kind'];
  /** Reads the lines of the basket that its requests are about; absent for other requests. */
  basket: BasketReader | undefined;
  callIdHeader: string | undefined;
  /** True for a request that has the values which tell it from others of the same path. */
  fits(contents: RequestContents): boolean;
  /** The facts in a request, without its buyer. */
  sent(contents: RequestContents): SentFacts;
  buyer(contents: RequestContents, authorization: string | undefined): string | undefined;
  /** The meaning of an answer. */
  read(answer: AnswerView): ReadAnswer;
  /** The facts in an answer that has this meaning. */
  answered(answer: AnswerView, meaning: ReadAnswer): AnsweredFacts;
}

type SentFacts = Pick<
  InvokeFacts,
  'sku' | 'quantity' | 'hold' | 'order' | 'voucher' | 'ticket' | 'idempotencyKey' | 'callId'
>;
type AnsweredFacts = Pick<
  CompleteFacts,
  'hold' | 'order' | 'voucher' | 'sku' | 'sequence' | 'observed'
>;

const UNCLASSIFIED: ReadAnswer = { is: 'unclassified', code: 'UNCLASSIFIED' };

export function createRuleReader(rule: OperationRule, target: Target): RuleReader {
  const constants = (rule.constants ?? []).map(({ place, value }) => ({
    read: createFactReader(place),
    value,
  }));
  const basket = rule.ofBasket ? createBasketReader(rule, target) : undefined;
  return {
    kind: rule.kind,
    basket,
    callIdHeader: rule.callIdHeader,
    fits: (contents) =>
      basket?.fits(contents) !== false &&
      constants.every(({ read, value }) => String(read(contents)) === value),
    sent: createSentReader(rule, target),
    buyer: createBuyerReader(rule, target),
    read: createMeaningReader(rule, target),
    answered: createAnsweredReader(rule, target),
  };
}

function createSentReader(
  { sent, skuField }: OperationRule,
  { skuNamed, onlySku }: Target,
): RuleReader['sent'] {
  const sku = createFactReader(sent.sku);
  const quantity = createFactReader(sent.quantity);
  const hold = createFactReader(sent.hold);
  const order = createFactReader(sent.order);
  const voucher = createFactReader(sent.voucher);
  const ticket = createFactReader(sent.ticket);
  const key = createFactReader(sent.key);
  const call = createFactReader(sent.call);
  return (contents) => {
    const name = text(sku(contents));
    return {
      sku: name === undefined ? onlySku : skuNamed === undefined ? name : skuNamed(name, skuField),
      quantity: count(quantity(contents)) ?? 1,
      hold: text(hold(contents)),
      order: text(order(contents)),
      voucher: text(voucher(contents)),
      ticket: text(ticket(contents)),
      idempotencyKey: text(key(contents)),
      callId: text(call(contents)),
    };
  };
}

function createBuyerReader(rule: OperationRule, target: Target): RuleReader['buyer'] {
  if (rule.sent.buyer !== undefined) {
    const read = createFactReader(rule.sent.buyer);
    return (contents) => text(read(contents));
  }
  const { buyerWith, buyerOf } = target;
  const credentials = buyerWith
    ? rule.credentials.map(({ field, place }) => ({ field, read: createFactReader(place) }))
    : [];
  return (contents, authorization) => {
    for (const { field, read } of credentials) {
      const credential = text(read(contents));
      const buyer = credential === undefined ? undefined : buyerWith?.(field, credential);
      if (buyer !== undefined) return buyer;
    }
    return authorization === undefined ? undefined : buyerOf?.(authorization);
  };
}

function createMeaningReader(rule: OperationRule, target: Target): RuleReader['read'] {
  const ownCode = createOwnCodeReader(target);
  const { decisions, answers } = rule;
  if (decisions === undefined) return createAnswerReader(answers, target);
  const read = createPollReader({ decisions, answers });
  return (answer) => {
    const said = read(answer);
    if (said.decision !== undefined) return said;
    if (said.is === 'unclassified') return UNCLASSIFIED;
    return { is: said.is, code: ownCode ? ownCode(answer) : said.code };
  };
}

/** A function that reads the meaning of an answer by rules alone. */
export function createAnswerReader(
  rules: AnswerRule[],
  target: Pick<Target, 'codePlace'>,
): (answer: AnswerView) => ReadAnswer {
  const ruleOf = createClassifier(rules);
  const ownCode = createOwnCodeReader(target);
  if (ownCode === undefined) return (answer) => ruleOf(answer) ?? UNCLASSIFIED;
  return (answer) => {
    const rule = ruleOf(answer);
    if (rule === undefined) return UNCLASSIFIED;
    return rule.is === 'ok' || rule.is === 'accepted'
      ? rule
      : { is: rule.is, code: ownCode(answer) };
  };
}

function createOwnCodeReader({
  codePlace,
}: Pick<Target, 'codePlace'>): ((answer: AnswerView) => string | undefined) | undefined {
  if (codePlace === undefined) return undefined;
  const read = createReader(codePlace);
  return (answer) => text(read(answer));
}

function createAnsweredReader(rule: OperationRule, { skuNamed }: Target): RuleReader['answered'] {
  const places = rule.answer;
  const hold = createReader(places.hold);
  const order = createReader(places.order);
  const voucher = createReader(places.voucher);
  const sku = createReader(places.sku);
  const sequence = createReader(places.sequence);
  const observed = createObservedReader(rule);
  return (answer, { is, decision }) => {
    // A refusal may have other things in the places of ids, such as the id of an error.
    const happened = is === 'ok' || is === 'accepted';
    const name = text(sku(answer));
    return {
      hold: happened ? text(hold(answer)) : undefined,
      order: happened ? text(order(answer)) : undefined,
      voucher: happened ? text(voucher(answer)) : undefined,
      sku: name === undefined || skuNamed === undefined ? name : skuNamed(name),
      sequence: wholeNumber(sequence(answer)),
      observed: is === 'ok' ? observed?.(answer, decision) : undefined,
    };
  };
}

function createObservedReader({
  kind,
  answer: places,
  decisions,
}: OperationRule):
  | ((answer: AnswerView, decision: string | undefined) => CompleteFacts['observed'])
  | undefined {
  if (decisions !== undefined) return (_, decision) => ({ decision });
  if (kind !== 'read') return undefined;
  const available = createReader(places.available);
  const reserved = createReader(places.reserved);
  const sold = createReader(places.sold);
  return (answer) => ({
    available: wholeNumber(available(answer)),
    reserved: wholeNumber(reserved(answer)),
    sold: wholeNumber(sold(answer)),
  });
}
