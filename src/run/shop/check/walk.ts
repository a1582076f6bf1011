import { setTimeout as delay } from 'node:timers/promises';
import {
  type AnswerView,
  createClassifier,
  createPollReader,
  createReader,
} from '../../../../scenarios/lib/answers.ts';
import type {
  AnswerFact,
  Later,
  Meaning,
  Operation,
  OperationName,
  Request,
  Shop,
} from '../../../../scenarios/lib/description.ts';
import { createFiller, type RequestFacts } from '../../../../scenarios/lib/requests.ts';
import { rootMessage } from '../../../kernel/errors.ts';
import { newId } from '../../../kernel/ids.ts';
import type { Fields } from '../../../target/file/schema.ts';
import { viewOf } from '../steps/read-place.ts';

/** One operation that a buyer made: a line of the table that `target check` prints. */
export interface WalkedStep {
  operation: OperationName | 'later';
  /** Method and path as they were sent; undefined if the request was not sent. */
  request?: string;
  /** HTTP status; undefined without an answer. */
  status?: number;
  is?: Meaning;
  /** The decision that an answer about an attempt told. */
  decision?: string;
  /** The facts that the file looks for in the answer; `value` is undefined if it is not there. */
  facts: { name: string; place: string; value: string | undefined }[];
  /** The fault, and the part of the file to change. Absent: nothing is wrong. */
  problem?: string;
  next?: string;
  /** The reason why the operation was left out, which is no fault of the file. */
  leftOut?: string;
}

export interface Walker {
  shop: Pick<Shop, 'operations'>;
  baseUrl: string;
  buyer: Fields;
  sku: Fields;
  signal: AbortSignal;
}

const ANSWER_WITHIN_MS = 5_000;
const BODY_SHOWN = 200;
/** Polls about an attempt go on no longer than this, because a check should take no more than a minute. */
const DECISION_WITHIN_MS = 15_000;

type Facts = Partial<Record<AnswerFact, string>>;

/**
 * Has one buyer make every operation once, in an order in which each has what it needs, and so that at most one order
 * remains: a hold is given back, another is checked out, and the order cancelled if the shop can do that.
 */
export async function walkOperations(walker: Walker): Promise<WalkedStep[]> {
  const { operations } = walker.shop;
  const steps: WalkedStep[] = [];
  const known: Facts = {};
  const has = (name: OperationName): boolean => operations[name] !== undefined;

  async function make(name: OperationName): Promise<Facts> {
    const operation = operations[name];
    if (operation === undefined) return {};
    const lacking = factsOf(operation).find((fact) => known[fact] === undefined);
    if (lacking !== undefined) {
      steps.push(cannotMake(name, operation, lacking));
      return {};
    }
    const { step, facts } = await makeOperation(name, operation, known, walker);
    steps.push(step);
    if (step.is === 'ok' || step.is === 'accepted') Object.assign(known, facts);
    return facts;
  }

  const isSold = (): boolean =>
    (SELLS.some((name) => isDone(steps, name)) && !isDone(steps, 'cancel')) ||
    (SELLS_BASKETS.some((name) => isDone(steps, name)) && !isDone(steps, 'cancel-basket'));
  const wouldRemain = (operation: OperationName): void => {
    steps.push({ operation, facts: [], leftOut: 'it would leave a second order behind' });
  };

  await make('read');
  if (has('reserve') && has('release')) {
    await make('reserve');
    await make('release');
    delete known.hold;
  }
  if (has('reserve')) {
    // A hold that was given back is of no use for a checkout.
    await make('reserve');
    await make('confirm');
    await make('cancel');
  }
  for (const name of ['buy', 'register', 'attempt'] as const) {
    if (!has(name)) continue;
    if (isSold()) {
      wouldRemain(name);
      continue;
    }
    await make(name);
    if (name === 'attempt') await followAttempt(operations.attempt?.later);
    if (name === 'register') await make('redeem');
    if (!isDone(steps, 'cancel')) await make('cancel');
  }
  if (has('reserve-basket')) {
    await make('reserve-basket');
    await make('release-basket');
    if (has('confirm-basket')) {
      if (isSold()) wouldRemain('confirm-basket');
      else {
        if (isDone(steps, 'release-basket')) await make('reserve-basket');
        await make('confirm-basket');
        await make('cancel-basket');
      }
    }
  }
  if (has('buy-basket')) {
    if (isSold()) wouldRemain('buy-basket');
    else {
      await make('buy-basket');
      if (isDone(steps, 'buy-basket')) await make('cancel-basket');
    }
  }
  if (has('redeem') && !steps.some(({ operation }) => operation === 'redeem')) await make('redeem');
  if (has('check-in')) {
    steps.push({ operation: 'check-in', facts: [], leftOut: 'it would use a ticket up' });
  }
  return steps;

  async function followAttempt(later: Later | undefined): Promise<void> {
    if (later === undefined || !isDone(steps, 'attempt')) return;
    const { step, facts } = await pollDecision(later, known, walker);
    steps.push(step);
    Object.assign(known, facts);
  }
}

const SELLS: OperationName[] = ['confirm', 'buy', 'register', 'attempt'];
const SELLS_BASKETS: OperationName[] = ['confirm-basket', 'buy-basket'];

const isDone = (steps: WalkedStep[], name: OperationName): boolean =>
  steps.some(({ operation, is }) => operation === name && (is === 'ok' || is === 'accepted'));

/** The facts of earlier answers that a request needs. */
function factsOf({ path, headers, body = [] }: Request): AnswerFact[] {
  const texts = [
    path,
    body,
    ...headers.filter(({ optional }) => !optional).map(({ value }) => value),
  ];
  return texts
    .flat()
    .flatMap((part) =>
      typeof part !== 'string' && 'of' in part && part.of === 'call' ? [part.field] : [],
    )
    .filter((field): field is AnswerFact => ['hold', 'order', 'voucher', 'basket'].includes(field));
}

/** The operations whose answers give a fact. */
const GIVEN_BY: Partial<Record<AnswerFact, OperationName[]>> = {
  hold: ['reserve'],
  order: ['confirm', 'buy', 'attempt', 'register'],
  voucher: ['register'],
  basket: ['reserve-basket', 'buy-basket'],
};

function cannotMake(
  name: OperationName,
  { method, name: path }: Operation,
  lacking: AnswerFact,
): WalkedStep {
  const givers = GIVEN_BY[lacking] ?? [];
  return {
    operation: name,
    facts: [],
    problem: `${method} ${path} needs {${lacking}}, and no answer gave one`,
    next: `say under ${givers.map((giver) => `operations.${giver}.answer.${lacking}`).join(' or ')} where it stands`,
  };
}

async function makeOperation(
  name: OperationName,
  operation: Operation,
  known: Facts,
  walker: Walker,
): Promise<{ step: WalkedStep; facts: Facts }> {
  const sent = await send(operation, known, walker);
  const step: WalkedStep = { operation: name, request: sent.request, facts: [] };
  if (sent.answer === undefined) {
    return { step: { ...step, problem: sent.problem, next: sent.next }, facts: {} };
  }
  const { answer } = sent;
  const rule = createClassifier(operation.answers)(answer);
  step.status = answer.status;
  step.is = rule?.is ?? 'unclassified';
  const isYes = step.is === 'ok' || step.is === 'accepted';
  step.facts = isYes ? readFacts(operation.answer, answer) : [];
  const missing = step.facts.find(({ value }) => value === undefined);
  if (!isYes) Object.assign(step, whyNotYes(name, answer, step.is));
  else if (missing !== undefined) {
    step.problem = `the answer has no ${missing.name} at ${missing.place}: ${bodyOf(answer)}`;
    step.next = `correct operations.${name}.answer.${missing.name}`;
  }
  const facts = Object.fromEntries(step.facts.map((fact) => [fact.name, fact.value]));
  return { step, facts };
}

function readFacts(places: Operation['answer'], answer: AnswerView): WalkedStep['facts'] {
  const ofYes = Object.entries(places).filter(([name]) => name !== 'refused');
  return ofYes.map(([name, place]) => {
    const value = createReader(place)(answer);
    return {
      name,
      place,
      value: value === undefined || value === null ? undefined : String(value),
    };
  });
}

/** Explains an answer that is no yes to somebody who has every right to one. */
function whyNotYes(
  name: OperationName,
  answer: AnswerView,
  is: Meaning,
): Pick<WalkedStep, 'problem' | 'next'> {
  const { status } = answer;
  const what = `it was answered ${status}: ${bodyOf(answer)}`;
  if (status === 401 || status === 403) {
    return { problem: what, next: 'correct headers, or the way in which buyers get their token' };
  }
  if (status === 404 || status === 405) {
    return {
      problem: what,
      next: `correct the method or the path of operations.${name}.request, or url`,
    };
  }
  if (status >= 300 && status < 400) {
    const to = answer.header('location');
    return {
      problem: `it was answered ${status}${to === undefined ? '' : `, redirected to ${to}`}`,
      next: 'correct the path, or add a rule to answers for this redirect, as: { ok: { status: 302, header location: /…/ } }',
    };
  }
  if (is === 'unclassified') {
    return { problem: `no rule of answers applies: ${what}`, next: 'add a rule to answers for it' };
  }
  return {
    problem: `it was taken for "${is}": ${what}`,
    next: `correct the request of operations.${name}, or the rules of answers`,
  };
}

async function pollDecision(
  later: Later,
  known: Facts,
  walker: Walker,
): Promise<{ step: WalkedStep; facts: Facts }> {
  const read = createPollReader(later);
  const deadline = AbortSignal.timeout(Math.min(later.giveUpMs, DECISION_WITHIN_MS));
  for (;;) {
    const sent = await send(later, known, walker);
    const step: WalkedStep = { operation: 'later', request: sent.request, facts: [] };
    if (sent.answer === undefined) {
      return { step: { ...step, problem: sent.problem, next: sent.next }, facts: {} };
    }
    const { answer } = sent;
    const { is, decision } = read(answer);
    Object.assign(step, { status: answer.status, is, decision });
    if (decision === 'SUCCESS') {
      step.facts = readFacts(later.answer, answer);
      return { step, facts: Object.fromEntries(step.facts.map((fact) => [fact.name, fact.value])) };
    }
    if (decision !== 'PENDING' || deadline.aborted) {
      step.problem = `the attempt was not decided with a yes; the last answer: ${bodyOf(answer)}`;
      step.next = 'correct the answers of operations.attempt.later';
      return { step, facts: {} };
    }
    await delay(later.everyMs, undefined, { signal: walker.signal });
  }
}

type Sent =
  | { request: string; answer: AnswerView }
  | { request?: string; answer?: undefined; problem: string; next: string };

async function send(request: Request, known: Facts, walker: Walker): Promise<Sent> {
  const { baseUrl, buyer, sku, signal } = walker;
  const call = { ...known, quantity: 1, key: newId(), call: newId() };
  let filled: ReturnType<ReturnType<typeof createFiller>>;
  try {
    const facts: RequestFacts = {
      buyer: { ...buyer, userId: buyer.id },
      sku,
      call,
      lines: [{ sku, quantity: 1 }],
    };
    filled = createFiller(request, (text) => Buffer.from(text).toString('base64'))(facts);
  } catch (error) {
    return {
      problem: rootMessage(error),
      next: 'provide the field in buyers or sale, or take it out',
    };
  }
  const line = `${request.method} ${filled.path}`;
  try {
    const answer = await fetch(baseUrl + filled.path, {
      method: request.method,
      headers: filled.headers,
      body: filled.body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    });
    const { status, headers } = answer;
    return { request: line, answer: viewOf({ status, headers, text: await answer.text() }) };
  } catch (error) {
    signal.throwIfAborted();
    const problem = `it got no answer: ${rootMessage(error)}`;
    return { request: line, problem, next: 'check that the shop runs, and that url names it' };
  }
}

function bodyOf(answer: AnswerView): string {
  const text = answer.text().replaceAll(/\s+/g, ' ').trim();
  return text === '' ? 'without a body' : text.slice(0, BODY_SHOWN);
}
