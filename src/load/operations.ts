import type { HistoryRecorder } from '../history/recorder.ts';
import { REQUEST_ID_HEADER } from '../protocol/headers.ts';
import type { Answer, OperationRule, Target } from '../target/target.ts';
import type { Exchange, HttpRequest } from './http-client.ts';
import { createRecentMap } from './recent-map.ts';

/**
 * Turns requests into operations of the history: which request is one is the target's say, what became of it is read
 * from transport facts and the target's error codes alone. Scenario code has no part in it.
 */
export interface Operations {
  /** The operation a request is, its attempt header already added; undefined for any other request. */
  begin(request: HttpRequest, authorization: string | undefined): OperationInFlight | undefined;
}

/** One operation between its call and its completion. */
export interface OperationInFlight {
  /** Right before the first byte is written. */
  invoke(): void;
  complete(exchange: Exchange, answer: Answer | undefined): void;
}

export interface OperationsDeps {
  target: Target;
  history: HistoryRecorder;
  /** Random hex digits that set this run's attempt ids apart; at least 20. */
  attemptPrefix: string;
}

export function createOperations({ target, history, attemptPrefix }: OperationsDeps): Operations {
  const ruleOf = createRouter(target.operations);
  const attemptHeader = target.attemptHeader;
  const nextAttempt = createAttemptIds(attemptPrefix);
  const buyerOf = createRecentMap(BUYERS_REMEMBERED, target.buyerOf);

  return {
    begin(request, authorization) {
      const matched = ruleOf(request.method, request.path);
      if (!matched) return undefined;
      let attempt: string | undefined;
      if (attemptHeader !== undefined) {
        attempt = nextAttempt();
        request.headers.push(attemptHeader, attempt);
      }
      const buyer = authorization === undefined ? undefined : buyerOf(authorization);
      return new RecordedOperation(history, matched, request, buyer, attempt);
    },
  };
}

const BUYERS_REMEMBERED = 50_000;

class RecordedOperation implements OperationInFlight {
  private readonly history: HistoryRecorder;
  private readonly matched: MatchedRule;
  private readonly request: HttpRequest;
  private readonly buyer: string | undefined;
  private readonly attempt: string | undefined;
  private id: number | undefined;

  constructor(
    history: HistoryRecorder,
    matched: MatchedRule,
    request: HttpRequest,
    buyer: string | undefined,
    attempt: string | undefined,
  ) {
    this.history = history;
    this.matched = matched;
    this.request = request;
    this.buyer = buyer;
    this.attempt = attempt;
  }

  invoke(): void {
    const { rule, parameters } = this.matched;
    const body = needsBody(rule) ? parseJson(this.request.body) : undefined;
    const fact = (place: string | undefined): unknown => {
      if (place === undefined) return undefined;
      if (place.startsWith('path.')) return parameters?.[place.slice('path.'.length)];
      if (place.startsWith('body.')) return valueAt(body, place.slice('body.'.length));
      return undefined;
    };
    const quantity = fact(rule.quantity);
    this.id = this.history.invoke({
      kind: rule.kind,
      sku: text(fact(rule.sku)),
      buyer: this.buyer,
      quantity: typeof quantity === 'number' ? quantity : 1,
      attempt: this.attempt,
      hold: text(fact(rule.hold)),
      instance: this.request.origin,
    });
  }

  complete(exchange: Exchange, answer: Answer | undefined): void {
    // A call that never left is an operation all the same: one that definitely did not happen.
    if (this.id === undefined) this.invoke();
    const id = this.id as number;
    const { rule } = this.matched;
    if (answer === undefined) {
      this.history.complete(id, {
        outcome: exchange.written ? 'info' : 'fail',
        status: 0,
        code: exchange.failure?.code,
      });
      return;
    }
    const body = exchange.json();
    const sequence = answerFact(body, rule.answerSequence);
    this.history.complete(id, {
      outcome: answer === 'ok' ? 'ok' : answer === 'error' ? 'info' : 'fail',
      status: exchange.status,
      code: answer === 'ok' ? undefined : codeOf(exchange),
      hold: text(answerFact(body, rule.answerHold)),
      sku: text(answerFact(body, rule.answerSku)),
      sequence: typeof sequence === 'number' ? sequence : undefined,
      observed: answer === 'ok' ? observedIn(body, rule) : undefined,
      requestId: exchange.header(REQUEST_ID_HEADER),
    });
  }
}

/** The error code an answer carries, wherever a target speaks JSON problems; undefined without one. */
export function codeOf(exchange: Exchange): string | undefined {
  return text(valueAt(exchange.json(), 'code'));
}

function needsBody(rule: OperationRule): boolean {
  return [rule.sku, rule.quantity, rule.hold].some((place) => place?.startsWith('body.'));
}

function answerFact(body: unknown, place: string | undefined): unknown {
  return place?.startsWith('answer.') ? valueAt(body, place.slice('answer.'.length)) : undefined;
}

function observedIn(
  body: unknown,
  { answerObserved: places }: OperationRule,
): { available: number; reserved?: number; sold?: number } | undefined {
  if (!places) return undefined;
  const count = (place: string | undefined): number | undefined => {
    const value = answerFact(body, place);
    return typeof value === 'number' ? value : undefined;
  };
  const available = count(places.available);
  if (available === undefined) return undefined;
  return { available, reserved: count(places.reserved), sold: count(places.sold) };
}

function parseJson(body: string | Uint8Array | null): unknown {
  if (body === null) return undefined;
  try {
    return JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}

function valueAt(value: unknown, path: string): unknown {
  if (!path.includes('.')) return property(value, path);
  return path.split('.').reduce(property, value);
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

interface MatchedRule {
  rule: OperationRule;
  parameters: Record<string, string> | undefined;
}

/** Finds the first rule for a method and path. Fixed paths are one look-up, templates one regular expression each. */
function createRouter(
  rules: OperationRule[],
): (method: string, path: string) => MatchedRule | undefined {
  const fixed = new Map<string, MatchedRule>();
  const templates: { method: string; pattern: RegExp; rule: OperationRule }[] = [];
  for (const rule of rules) {
    if (rule.path.includes(':')) {
      templates.push({ method: rule.method, pattern: templatePattern(rule.path), rule });
    } else if (!fixed.has(`${rule.method} ${rule.path}`)) {
      fixed.set(`${rule.method} ${rule.path}`, { rule, parameters: undefined });
    }
  }
  return (method, pathAndQuery) => {
    const query = pathAndQuery.indexOf('?');
    const path = query < 0 ? pathAndQuery : pathAndQuery.slice(0, query);
    const exact = fixed.get(`${method} ${path}`);
    if (exact) return exact;
    for (const template of templates) {
      if (template.method !== method) continue;
      const match = template.pattern.exec(path);
      if (match) return { rule: template.rule, parameters: { ...match.groups } };
    }
    return undefined;
  };
}

function templatePattern(path: string): RegExp {
  const pattern = path
    .split('/')
    .map((segment) =>
      segment.startsWith(':')
        ? `(?<${segment.slice(1)}>[^/]+)`
        : segment.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('/');
  return new RegExp(`^${pattern}$`);
}

/**
 * Attempt ids in the shape of a UUID, because servers may store them as one: the run's random digits, then a counter.
 * A few string operations instead of fresh randomness for every request.
 */
function createAttemptIds(prefix: string): () => string {
  const fixed = `${prefix.slice(0, 8)}-${prefix.slice(8, 12)}-8${prefix.slice(12, 15)}-a${prefix.slice(15, 18)}-`;
  let count = 0;
  return () => {
    count += 1;
    return fixed + count.toString(16).padStart(12, '0');
  };
}
