import type { Outcome } from '../../history/operation.ts';
import type { CompleteFacts, HistoryRecorder, InvokeFacts } from '../../history/recorder.ts';
import { REQUEST_ID_HEADER } from '../../protocol/headers.ts';
import type { Answer, OperationRule, Target } from '../../target/target.ts';
import type { Exchange, HttpRequest } from '../http/exchange.ts';

/**
 * Turns requests into operations of the history: which request is one is the target's say, what became of it is read
 * from transport facts and the target's error codes alone. Scenario code has no part in it.
 */
export interface OperationRecorder {
  /** The operation a request is, its call id header already added; undefined for any other request. */
  begin(request: HttpRequest, authorization: string | undefined): OperationInFlight | undefined;
}

/** One operation between its call and its completion. */
export interface OperationInFlight {
  /** Right before the first byte is written; when that is, on the history's clock. */
  invoke(atMs: number): void;
  complete(exchange: EndedCall, answer: Answer | undefined): void;
}

/** What an operation's end is read from. */
export type EndedCall = Pick<Exchange, 'written' | 'status' | 'json' | 'header' | 'endedAtMs'> & {
  failure: { code: string } | undefined;
};

export interface OperationRecorderDeps {
  target: Target;
  history: HistoryRecorder;
  /** A new call id. */
  nextCallId: () => string;
}

export function createOperationRecorder({
  target,
  history,
  nextCallId,
}: OperationRecorderDeps): OperationRecorder {
  const ruleOf = createRouter(target.operations);
  const { callIdHeader, idempotencyHeader } = target;

  return {
    begin(request, authorization) {
      const matched = ruleOf(request.method, request.path);
      if (!matched) return undefined;
      const key = idempotencyHeader && headerOf(request, idempotencyHeader);
      let callId: string | undefined;
      if (callIdHeader !== undefined) {
        callId = nextCallId();
        request.headers.push(callIdHeader, callId);
      }
      const buyer = authorization === undefined ? undefined : target.buyerOf(authorization);
      return new RecordedOperation(history, matched, request, { buyer, callId, key });
    },
  };
}

/** Who asks, and what the call is called. */
interface Names {
  buyer: string | undefined;
  callId: string | undefined;
  key: string | undefined;
}

/** The first value of a header; `name` in lower case. */
function headerOf({ headers }: HttpRequest, name: string): string | undefined {
  for (let place = 0; place < headers.length; place += 2) {
    const known = headers[place] as string;
    if (known.length === name.length && known.toLowerCase() === name) return headers[place + 1];
  }
  return undefined;
}

class RecordedOperation implements OperationInFlight {
  private readonly history: HistoryRecorder;
  private readonly matched: MatchedRule;
  private readonly request: HttpRequest;
  private readonly names: Names;
  private id: number | undefined;

  constructor(history: HistoryRecorder, matched: MatchedRule, request: HttpRequest, names: Names) {
    this.history = history;
    this.matched = matched;
    this.request = request;
    this.names = names;
  }

  invoke(atMs: number): void {
    const { reader, parameters } = this.matched;
    const said: Said = {
      body: reader.readsBody ? parseJson(this.request.body) : undefined,
      path: parameters,
      answer: undefined,
    };
    const quantity = reader.quantity(said);
    const facts: InvokeFacts = {
      kind: reader.kind,
      sku: text(reader.sku(said)),
      buyer: this.names.buyer,
      quantity: typeof quantity === 'number' ? quantity : 1,
      callId: this.names.callId,
      idempotencyKey: this.names.key,
      hold: text(reader.hold(said)),
      order: text(reader.order(said)),
      voucher: text(reader.voucher(said)),
      instance: this.request.origin,
    };
    this.id = this.history.invoke(facts, nanoseconds(atMs));
  }

  complete(exchange: EndedCall, answer: Answer | undefined): void {
    // A call that never left is an operation all the same: one that definitely did not happen.
    if (this.id === undefined) this.invoke(exchange.endedAtMs);
    const id = this.id as number;
    const atNs = nanoseconds(exchange.endedAtMs);
    const { reader } = this.matched;
    if (answer === undefined) {
      const facts: CompleteFacts = {
        outcome: exchange.written ? 'info' : 'fail',
        status: 0,
        code: exchange.failure?.code,
      };
      this.history.complete(id, facts, atNs);
      return;
    }
    const said: Said = { body: undefined, path: undefined, answer: exchange.json() };
    const sequence = reader.answerSequence(said);
    const facts: CompleteFacts = {
      outcome: OUTCOME_OF[answer],
      status: exchange.status,
      code: answer === 'ok' || answer === 'accepted' ? undefined : codeOf(exchange),
      hold: text(reader.answerHold(said)),
      order: text(reader.answerOrder(said)),
      voucher: text(reader.answerVoucher(said)),
      sku: text(reader.answerSku(said)),
      sequence: typeof sequence === 'number' ? sequence : undefined,
      observed: answer === 'ok' ? reader.observed?.(said) : undefined,
      requestId: exchange.header(REQUEST_ID_HEADER),
    };
    this.history.complete(id, facts, atNs);
  }
}

const nanoseconds = (ms: number): number => Math.round(ms * 1e6);

const OUTCOME_OF: Record<Answer, Outcome> = {
  ok: 'ok',
  accepted: 'info',
  sold_out: 'fail',
  refused: 'fail',
  error: 'info',
};

/** The error code an answer carries, wherever a target speaks JSON problems; undefined without one. */
export function codeOf(exchange: Pick<Exchange, 'json'>): string | undefined {
  return text(property(exchange.json(), 'code'));
}

/** What was said in a call, as far as facts can stand in it. */
interface Said {
  body: unknown;
  path: Record<string, string> | undefined;
  answer: unknown;
}

type ReadFact = (said: Said) => unknown;

/** A rule whose places have been turned into functions once, instead of being taken apart for every request. */
interface RuleReader {
  kind: OperationRule['kind'];
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
  observed: ((said: Said) => CompleteFacts['observed']) | undefined;
}

function createReader(rule: OperationRule): RuleReader {
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

/** A place such as `body.skuId`, `path.id` or `answer.order.id` as a function; one that finds nothing for no place. */
function factAt(place: string | undefined): ReadFact {
  const [source, ...path] = place?.split('.') ?? [];
  if (source !== 'body' && source !== 'path' && source !== 'answer') return () => undefined;
  const [only] = path;
  if (only !== undefined && path.length === 1) return (said) => property(said[source], only);
  return (said) => path.reduce(property, said[source]);
}

function createObservedReader(
  places: NonNullable<OperationRule['answerObserved']>,
): (said: Said) => CompleteFacts['observed'] {
  const countAt = (place: string | undefined): ((said: Said) => number | undefined) => {
    const read = factAt(place);
    return (said) => {
      const value = read(said);
      return typeof value === 'number' ? value : undefined;
    };
  };
  const available = countAt(places.available);
  const reserved = countAt(places.reserved);
  const sold = countAt(places.sold);
  const decision = factAt(places.decision);
  return (said) => ({
    available: available(said),
    reserved: reserved(said),
    sold: sold(said),
    decision: text(decision(said)),
  });
}

function parseJson(body: string | Uint8Array | null): unknown {
  if (body === null) return undefined;
  try {
    return JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
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
  reader: RuleReader;
  parameters: Record<string, string> | undefined;
}

interface Routes {
  fixed: Map<string, MatchedRule>;
  templates: { pattern: RegExp; reader: RuleReader }[];
}

/** Finds the first rule for a method and path. Fixed paths are one look-up, templates one regular expression each. */
function createRouter(
  rules: OperationRule[],
): (method: string, path: string) => MatchedRule | undefined {
  const routesOf = new Map<string, Routes>();
  for (const rule of rules) {
    const routes: Routes = routesOf.get(rule.method) ?? { fixed: new Map(), templates: [] };
    routesOf.set(rule.method, routes);
    const reader = createReader(rule);
    if (rule.path.includes(':')) {
      routes.templates.push({ pattern: templatePattern(rule.path), reader });
    } else if (!routes.fixed.has(rule.path)) {
      routes.fixed.set(rule.path, { reader, parameters: undefined });
    }
  }
  return (method, pathAndQuery) => {
    const routes = routesOf.get(method);
    if (!routes) return undefined;
    const query = pathAndQuery.indexOf('?');
    const path = query < 0 ? pathAndQuery : pathAndQuery.slice(0, query);
    const exact = routes.fixed.get(path);
    if (exact) return exact;
    for (const { pattern, reader } of routes.templates) {
      const match = pattern.exec(path);
      if (match) return { reader, parameters: match.groups };
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
 *
 * @param prefix random hex digits that set this run's ids apart, at least 18
 */
export function createCallIds(prefix: string): () => string {
  const fixed = `${prefix.slice(0, 8)}-${prefix.slice(8, 12)}-8${prefix.slice(12, 15)}-a${prefix.slice(15, 18)}-`;
  let count = 0;
  return () => {
    count += 1;
    return fixed + count.toString(16).padStart(12, '0');
  };
}
