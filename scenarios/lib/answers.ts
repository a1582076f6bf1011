import type {
  AnswerRule,
  Conditions,
  Decision,
  Expected,
  Later,
  Meaning,
  Place,
} from './description.ts';

/**
 * The meaning of answers. `flashsale-cli` records a call by the same functions, so a scenario and the judge never take one
 * answer for two things. Conditions and places become functions once, so that no call has to read them again.
 */

/** An answer, as far as its meaning depends on it. */
export interface AnswerView {
  status: number;
  /** The first value of a header; `name` in lower case. */
  header(name: string): string | undefined;
  /** The value of a cookie that the answer sets. */
  cookie(name: string): string | undefined;
  text(): string;
  /** The body as JSON; undefined when it is none. */
  json(): unknown;
}

type Test = (answer: AnswerView) => boolean;
type Read = (answer: AnswerView) => unknown;

const REGULAR_EXPRESSION = /^\/(.+)\/([a-z]*)$/s;

/** The regular expression in a text such as `/sold ?out/i`; undefined for any other text. */
export function expressionIn(text: string): RegExp | undefined {
  const [, source, flags] = REGULAR_EXPRESSION.exec(text) || [];
  return source === undefined ? undefined : new RegExp(source, flags);
}

/**
 * A function that finds the first rule which applies to an answer, or nothing.
 *
 * Most answers have one of very few statuses, so the rules that may apply to a status are looked up and not tried.
 */
export function createClassifier(
  rules: readonly AnswerRule[],
): (answer: AnswerView) => AnswerRule | undefined {
  const compiled = rules.map((rule) => {
    const { status, ...others } = rule.when;
    return { rule, hasStatus: statusTest(status), applies: testOf(others) };
  });
  const byStatus = new Map<number, { rule: AnswerRule; applies: Test }[]>();
  return (answer) => {
    let candidates = byStatus.get(answer.status);
    if (candidates === undefined) {
      candidates = compiled.filter(({ hasStatus }) => hasStatus(answer.status));
      byStatus.set(answer.status, candidates);
    }
    for (const { rule, applies } of candidates) if (applies(answer)) return rule;
    return undefined;
  };
}

/** A function that decides if all conditions hold for an answer. */
export function createTest({ status, ...others }: Conditions): Test {
  const hasStatus = statusTest(status);
  const applies = testOf(others);
  return (answer) => hasStatus(answer.status) && applies(answer);
}

/** The meaning of an answer about an attempt, and what was decided, if it says so. */
export interface PollMeaning {
  is: Meaning;
  decision?: Decision;
  /** The meaning of a decision that is no yes. */
  declined?: 'sold_out' | 'refused';
  code?: string | undefined;
}

/** A function that says what an answer about an attempt means. */
export function createPollReader(
  later: Pick<Later, 'decisions' | 'answers'>,
): (answer: AnswerView) => PollMeaning {
  const decisionOf = createClassifier(later.decisions);
  const namesPending = later.decisions.some(({ is }) => is === 'accepted');
  const ruleOf = createClassifier(later.answers);
  return (answer) => {
    const decided = decisionOf(answer);
    if (decided) return meaningOfDecision(decided);
    const rule = ruleOf(answer);
    const isFailure = rule ? rule.is === 'error' || rule.is === 'limited' : answer.status >= 500;
    if (!namesPending && !isFailure) return { is: 'ok', decision: 'PENDING' };
    // A yes to any other call says nothing about a decision.
    return rule && rule.is !== 'ok' && rule.is !== 'accepted' ? rule : { is: 'unclassified' };
  };
}

function meaningOfDecision(rule: AnswerRule): PollMeaning {
  const { is, code } = rule;
  switch (is) {
    case 'ok':
      return { is, decision: 'SUCCESS' };
    case 'accepted':
      return { is: 'ok', decision: 'PENDING' };
    case 'sold_out':
    case 'refused':
      return { is: 'ok', decision: 'FAILED', declined: is, code };
    default:
      return rule;
  }
}

/** A function that reads a place of an answer; undefined when it has nothing there. */
export function createReader(place: Place | undefined): Read {
  if (place === undefined) return () => undefined;
  const expression = expressionIn(place);
  if (expression) return (answer) => found(expression, answer.text());
  const [kind, name, ...rest] = place.split(' ');
  if ((kind !== 'header' && kind !== 'cookie') || name === undefined) {
    const path = place.split('.');
    return (answer) => valueAt(answer.json(), path);
  }
  const read: (answer: AnswerView) => string | undefined =
    kind === 'cookie'
      ? (answer) => answer.cookie(name)
      : (
          (header) => (answer: AnswerView) =>
            answer.header(header)
        )(name.toLowerCase());
  const within = rest.length === 0 ? undefined : expressionIn(rest.join(' '));
  if (within === undefined) return read;
  return (answer) => found(within, read(answer));
}

/** The first group of a match, or all of it if there is no group. */
function found(expression: RegExp, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  expression.lastIndex = 0;
  const match = expression.exec(text);
  return match ? (match[1] ?? match[0]) : undefined;
}

/** The value in JSON at a path of names and numbers. `*` stands for each of a list: the value is a list then. */
export function valueAt(json: unknown, path: readonly string[]): unknown {
  let value = json;
  for (let place = 0; place < path.length; place += 1) {
    const name = path[place] as string;
    if (name === '*' && Array.isArray(value)) {
      const rest = path.slice(place + 1);
      return value.map((item) => valueAt(item, rest));
    }
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function statusTest(expected: Expected | undefined): (status: number) => boolean {
  if (expected === undefined) return () => true;
  const wanted = (Array.isArray(expected) ? expected : [expected]).map(String);
  return (status) =>
    wanted.includes(String(status)) || wanted.includes(`${Math.floor(status / 100)}xx`);
}

function testOf(conditions: Conditions): Test {
  const tests = Object.entries(conditions).map(([about, expected]): Test => {
    const read = readerOf(about);
    const holds = valueTest(expected);
    return (answer) => holds(read(answer));
  });
  const [first] = tests;
  if (first === undefined) return () => true;
  return tests.length === 1 ? first : (answer) => tests.every((test) => test(answer));
}

function readerOf(about: string): Read {
  if (about === 'body') return (answer) => answer.text();
  return createReader(about.startsWith('body.') ? about.slice('body.'.length) : about);
}

/** `null` counts as absent unless it is what is expected, because many shops write it for "none". */
function valueTest(expected: Expected): (value: unknown) => boolean {
  if (expected === 'present') return (value) => value !== undefined && value !== null;
  if (expected === 'absent') return (value) => value === undefined || value === null;
  if (expected === null) return (value) => value === null;
  if (Array.isArray(expected)) {
    const wanted = new Set(expected.map(String));
    return (value) => isPlain(value) && wanted.has(String(value));
  }
  const expression = typeof expected === 'string' ? expressionIn(expected) : undefined;
  if (expression === undefined) {
    const wanted = String(expected);
    return (value) => isPlain(value) && String(value) === wanted;
  }
  return (value) => {
    if (value === undefined || value === null) return false;
    return found(expression, isPlain(value) ? String(value) : JSON.stringify(value)) !== undefined;
  };
}

const isPlain = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
