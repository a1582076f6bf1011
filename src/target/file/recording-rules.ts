import type { AnswerRule, OperationName } from '../../../scenarios/lib/description.ts';
import type { OperationKind } from '../../history/operation.ts';
import type { OperationRule, SentFact } from '../operation-rule.ts';
import { decisionRules } from './answer-rules.ts';
import { ownerOf } from './compile-text.ts';
import { isOfBasket, type OperationTemplate } from './schema.ts';
import { pathPattern, type SentPlaces, sentPlaces } from './sent-places.ts';

/** An operation with the headers and the rules that hold for all operations. */
export interface DescribedOperation {
  name: OperationName;
  template: OperationTemplate;
  answers: AnswerRule[];
}

interface Context {
  /** Base URLs; the paths of all requests begin with theirs. */
  urls: string[];
  env: Record<string, string | undefined>;
}

/** The rules by which the requests of a shop are recognised and read. */
export function recordingRules(described: DescribedOperation[], context: Context): OperationRule[] {
  const prefixes = new Set(context.urls.map((url) => new URL(url).pathname.replace(/\/$/, '')));
  const rules = [...prefixes].flatMap((prefix) =>
    described.flatMap(({ name, template, answers }) => {
      const { quantity } = template;
      const ofBasket = isOfBasket(name);
      const request = requestRule(template, prefix, context, ofBasket);
      if (quantity !== undefined) {
        request.sent.quantity ??= { in: 'json', path: quantity.split('.') };
      }
      const rule = {
        ...request,
        kind: name.replace(/-basket$/, '') as OperationKind,
        ...(ofBasket ? { ofBasket } : {}),
        answer: template.answer,
        answers,
      };
      const { later } = template;
      if (later === undefined) return [rule];
      const poll = {
        ...requestRule(later, prefix, context),
        kind: 'read' as const,
        answer: later.answer,
        answers,
        decisions: decisionRules(later),
      };
      return [rule, poll];
    }),
  );
  return rules.map((rule) => withoutNeedlessConstants(rule, rules));
}

type RequestRule = Pick<
  OperationRule,
  'method' | 'path' | 'constants' | 'sent' | 'skuField' | 'credentials' | 'callIdHeader'
>;

function requestRule(
  template: Parameters<typeof sentPlaces>[0],
  prefix: string,
  { env }: Context,
  ofBasket = false,
): RequestRule {
  const { path, slots } = pathPattern(template.request, prefix, env);
  const places = sentPlaces(template, env, ofBasket);
  const all = [...slots, ...places.slots];
  const callIdHeader = callIdHeaderOf(template.headers);
  return {
    method: template.request.split(' ')[0] as string,
    path,
    constants: places.constants,
    ...factsIn(callIdHeader === undefined ? all : all.filter(({ slot }) => slot.field !== 'call')),
    ...(callIdHeader === undefined ? {} : { callIdHeader }),
  };
}

/** The header that has the call id and nothing else. */
const callIdHeaderOf = (headers: Record<string, string>): string | undefined =>
  Object.entries(headers)
    .find(([, text]) => text === '{call}')?.[0]
    .toLowerCase();

function factsIn(
  slots: SentPlaces['slots'],
): Pick<OperationRule, 'sent' | 'skuField' | 'credentials'> {
  const sent: OperationRule['sent'] = {};
  const credentials: OperationRule['credentials'] = [];
  let skuField: string | undefined;
  for (const { slot, place } of slots) {
    const { of, field } = ownerOf(slot.field);
    if (of === 'call') sent[field as SentFact] ??= place;
    else if (of === 'buyer' && field === 'userId') sent.buyer ??= place;
    else if (of === 'buyer') credentials.push({ field, place });
    else if (field === 'skuId' && (sent.sku === undefined || skuField !== undefined)) {
      sent.sku = place;
      skuField = undefined;
    } else if (field !== 'unitPrice' && sent.sku === undefined) {
      sent.sku = place;
      skuField = field;
    }
  }
  return { sent, credentials, ...(skuField === undefined ? {} : { skuField }) };
}

/** Constants cost time in every call, so only requests keep them that have their path in common with others. */
function withoutNeedlessConstants(rule: OperationRule, rules: OperationRule[]): OperationRule {
  const { constants = [], ...rest } = rule;
  const isAlone = rules.every(
    (other) =>
      other === rule ||
      // A request with lines is told from one without by its lines.
      other.ofBasket !== rule.ofBasket ||
      other.method !== rule.method ||
      JSON.stringify(other.path) !== JSON.stringify(rule.path),
  );
  return isAlone || constants.length === 0 ? rest : { ...rest, constants };
}
