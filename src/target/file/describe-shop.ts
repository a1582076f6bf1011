import { createClassifier, createReader, createTest } from '../../../scenarios/lib/answers.ts';
import type {
  AnswerRule,
  Conditions,
  Header,
  Later,
  Operation,
  Request,
  Shop,
} from '../../../scenarios/lib/description.ts';
import type { RefusalReasons } from '../../history/refusal-reason.ts';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import type { OperationRule } from '../operation-rule.ts';
import { decisionRules, refusalsOf, rulesOf } from './answer-rules.ts';
import { compileJson, compileText, resolveText } from './compile-text.ts';
import { expectedStatuses } from './expected-statuses.ts';
import { checkFields, type NeededFields, type UsedField } from './field-check.ts';
import { mergeHeaders } from './merge-headers.ts';
import { type DescribedOperation, recordingRules } from './recording-rules.ts';
import { isOfBasket, OPERATION_NAMES, type OperationTemplate, type TargetFile } from './schema.ts';
import { fieldsIn, isListOfLines } from './template.ts';

/**
 * Everything that scenarios and the recorder of a run need to know about a shop, as plain data for the sale file. It may
 * hold secrets of the environment, so it goes into no other file.
 */
export interface ShopDescription extends Shop {
  rules: OperationRule[];
  /** The meaning of answers to requests that are no operation. */
  answers: AnswerRule[];
  refusals: RefusalReasons;
  /** Fields that buyers and SKUs must have: see `checkProvided`. */
  needs: NeededFields;
  refusalLagMs?: number;
  readLagMs?: number;
  holdsPerBuyerMax?: number;
}

type Env = Record<string, string | undefined>;
type RequestTemplate = Pick<OperationTemplate, 'request' | 'json' | 'form' | 'body'> & {
  headers: Record<string, string>;
};

/**
 * Describes a shop by its target file.
 *
 * @throws UserError (usage) for a variable that is not set, a placeholder that nothing provides, and a regular expression
 *   that is none
 */
export function describeShop(file: TargetFile & { name?: string }, env: Env): ShopDescription {
  const described = describedOperations(file);
  const needs = checkFields(file, usedFields(described));
  const operations: Shop['operations'] = {};
  for (const { name, template, answers } of described) {
    operations[name] = operationOf(template, {
      ...{ answers, env, where: `operations.${name}` },
      ofBasket: isOfBasket(name),
    });
  }
  const { sale } = file;
  const rules = rulesOf(file.answers);
  checkRules(rules, 'answers');
  return {
    name: file.name ?? 'shop',
    operations,
    ...optional({
      holdTtlMs: typeof sale?.holdTtl === 'number' ? sale.holdTtl : undefined,
      unitsPerBuyerMax: unitsPerBuyerMax(file),
      refusalLagMs: sale?.refusalLag || undefined,
      readLagMs: sale?.readLag || undefined,
      holdsPerBuyerMax: sale?.holdsPerBuyer,
    }),
    rules: recordingRules(described, { urls: file.url, env }),
    answers: rules,
    refusals: refusalsOf(
      described.flatMap(({ answers, template: { later } }) => [
        ...answers,
        ...(later === undefined ? [] : decisionRules(later)),
      ]),
    ),
    needs,
  };
}

/** The operations of a file, with the headers and the rules of all. */
function describedOperations(file: TargetFile): DescribedOperation[] {
  return OPERATION_NAMES.flatMap((name) => {
    const template = file.operations[name];
    if (template === undefined) return [];
    const headers = mergeHeaders(file.headers, template.headers);
    const later = template.later && {
      ...template.later,
      headers: mergeHeaders(file.headers, template.later.headers),
    };
    const answers = rulesOf([...template.answers, ...file.answers]);
    return [{ name, template: { ...template, headers, later }, answers }];
  });
}

function usedFields(described: DescribedOperation[]): UsedField[] {
  return described.flatMap(({ name, template }) => {
    const of = ({ request, headers, json, form, body }: RequestTemplate, where: string) =>
      fieldsIn([request, headers, json, form, body])
        .filter((field) => !field.startsWith('env.'))
        .map((field) => ({ field, where }));
    return [
      ...of(template, name),
      ...(template.later === undefined ? [] : of(template.later, `${name}.later`)),
    ];
  });
}

interface Place {
  answers: AnswerRule[];
  env: Env;
  where: string;
  ofBasket?: boolean;
}

function operationOf(
  template: DescribedOperation['template'],
  { answers, env, where, ofBasket }: Place,
): Operation {
  checkRules(answers, `${where}.answers`);
  checkPlaces(template.answer, `${where}.answer`);
  const operation: Operation = {
    ...requestOf(template, env, ofBasket),
    expected: expectedStatuses(answers.filter(({ is }) => is !== 'error').map(({ when }) => when)),
    answer: template.answer,
    answers,
  };
  const { later } = template;
  return later ? { ...operation, later: laterOf(later, { answers, env, where }) } : operation;
}

function laterOf(
  later: NonNullable<DescribedOperation['template']['later']>,
  { answers, env, where }: Place,
): Later {
  const decisions = decisionRules(later);
  checkRules(decisions, `${where}.later`);
  const conditions = decisions.map(({ when }) => when);
  checkPlaces(later.answer, `${where}.later.answer`);
  const told = answers.filter(({ is }) => is !== 'error').map(({ when }) => when);
  return {
    ...requestOf(later, env),
    // A poll that is answered "not decided yet" is no failure, and a file need not name that answer.
    expected: decisions.some(({ is }) => is === 'accepted')
      ? expectedStatuses([...conditions, ...told])
      : [{ min: 200, max: 499 }, ...expectedStatuses(conditions)],
    everyMs: later.every,
    giveUpMs: later.giveUp,
    decisions,
    answer: later.answer,
    answers,
  };
}

function requestOf(
  template: RequestTemplate,
  env: Env,
  ofBasket = false,
): Omit<Request, 'expected'> {
  const [method, path] = template.request.split(' ') as [string, string];
  return {
    method,
    name: path.replace(/\?.*/, '').replaceAll(/\{([\w.-]+)[^}]*\}/g, ':$1'),
    path: compileText(resolveText(path, env, encodeURIComponent), 'url'),
    headers: headersOf(template, env),
    ...optional({ body: bodyOf(template, env, ofBasket) }),
  };
}

const FORM = 'application/x-www-form-urlencoded';

function headersOf({ headers, json, form }: RequestTemplate, env: Env): Header[] {
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const type = json === undefined ? (form === undefined ? undefined : FORM) : 'application/json';
  const isUntyped = type !== undefined && !names.has('content-type');
  return [
    ...(isUntyped ? [{ name: 'content-type', value: [type] }] : []),
    ...Object.entries(headers)
      // The recorder adds the header that has the call id and nothing else.
      .filter(([, text]) => text !== '{call}')
      .map(([name, text]): Header => {
        const pieces = resolveText(text, env);
        const isOptional = pieces.some((piece) => typeof piece === 'object' && piece.optional);
        return {
          name,
          value: compileText(pieces, 'plain'),
          ...(isOptional ? { optional: true } : {}),
        };
      }),
  ];
}

function bodyOf(
  { json, form, body }: RequestTemplate,
  env: Env,
  ofBasket: boolean,
): Request['body'] {
  if (json !== undefined) return compileJson(json, env, ofBasket ? isListOfLines : undefined);
  if (body !== undefined) return compileText(resolveText(body, env), 'plain');
  if (form === undefined) return undefined;
  return Object.entries(form).flatMap(([name, text], place) => [
    `${place > 0 ? '&' : ''}${encodeURIComponent(name)}=`,
    ...compileText(resolveText(text, env), 'url', encodeURIComponent),
  ]);
}

/** A shop whose requests have no quantity sells one unit at a time. */
function unitsPerBuyerMax({ operations, sale }: TargetFile): number | undefined {
  const takes =
    operations.reserve ??
    operations.buy ??
    operations.attempt ??
    operations['reserve-basket'] ??
    operations['buy-basket'];
  const hasQuantity =
    takes !== undefined &&
    fieldsIn([takes.request, takes.json, takes.form, takes.body, takes.headers]).includes(
      'quantity',
    );
  if (!hasQuantity) return 1;
  return typeof sale?.unitsPerBuyer === 'number' ? sale.unitsPerBuyer : undefined;
}

function checkRules(rules: AnswerRule[], where: string): void {
  for (const { when } of rules) checkConditions(when, where);
  createClassifier(rules);
}

function checkConditions(when: Conditions, where: string): void {
  try {
    createTest(when);
  } catch (error) {
    throw notUsable(where, error);
  }
}

function checkPlaces(places: Record<string, string | undefined>, where: string): void {
  for (const [fact, place] of Object.entries(places)) {
    try {
      createReader(place);
    } catch (error) {
      throw notUsable(`${where}.${fact}`, error);
    }
  }
}

const notUsable = (where: string, error: unknown): UserError =>
  UserError.usage(`${where} of the target file cannot be used`, {
    why: rootMessage(error),
    next: 'correct the regular expression',
    cause: error,
  });

/** The members that have a value. */
function optional<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as never;
}
