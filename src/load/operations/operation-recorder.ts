import type { Outcome } from '../../history/operation.ts';
import type {
  CompleteFacts,
  HistoryRecorder,
  InvokeFacts,
} from '../../history/operation-writer.ts';
import { REQUEST_ID_HEADER } from '../../protocol/headers.ts';
import type { Answer, Target } from '../../target/target.ts';
import type { Exchange, HttpRequest } from '../http/exchange.ts';
import { codeOf } from './answer-code.ts';
import { count, text } from './json-values.ts';
import { createOperationRouter, type MatchedRule } from './operation-router.ts';
import type { CallContents } from './rule-reader.ts';

/**
 * Records requests as operations of the history. The target decides which request is an operation. Its outcome is read
 * from transport facts and the target's error codes alone, never from scenario code.
 */
export interface OperationRecorder {
  /** Adds the call id header to a request that is an operation; returns undefined for any other request. */
  begin(request: HttpRequest, authorization: string | undefined): OperationInFlight | undefined;
}

/** One operation between its call and its completion. */
export interface OperationInFlight {
  /** Records the invocation, right before the first byte is written; `atMs` is on the history's clock. */
  invoke(atMs: number): void;
  /** Records the outcome; `answer` is undefined when no answer arrived. */
  complete(exchange: EndedCall, answer: Answer | undefined): void;
}

/** The facts of an ended exchange from which an operation's completion is read. */
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
  const ruleOf = createOperationRouter(target.operations);
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

/** The buyer who makes a call, and the ids of the call. */
interface CallIdentity {
  buyer: string | undefined;
  callId: string | undefined;
  key: string | undefined;
}

/** The first value of a header; `name` in lower case. */
function headerOf({ headers }: HttpRequest, name: string): string | undefined {
  for (let index = 0; index < headers.length; index += 2) {
    const known = headers[index] as string;
    if (known.length === name.length && known.toLowerCase() === name) return headers[index + 1];
  }
  return undefined;
}

class RecordedOperation implements OperationInFlight {
  private readonly history: HistoryRecorder;
  private readonly matched: MatchedRule;
  private readonly request: HttpRequest;
  private readonly identity: CallIdentity;
  private id: number | undefined;

  constructor(
    history: HistoryRecorder,
    matched: MatchedRule,
    request: HttpRequest,
    identity: CallIdentity,
  ) {
    this.history = history;
    this.matched = matched;
    this.request = request;
    this.identity = identity;
  }

  invoke(atMs: number): void {
    const { reader, parameters } = this.matched;
    const contents: CallContents = {
      body: reader.readsBody ? parseJson(this.request.body) : undefined,
      path: parameters,
      answer: undefined,
    };
    const facts: InvokeFacts = {
      kind: reader.kind,
      sku: text(reader.sku(contents)),
      buyer: this.identity.buyer,
      quantity: count(reader.quantity(contents)) ?? 1,
      callId: this.identity.callId,
      idempotencyKey: this.identity.key,
      hold: text(reader.hold(contents)),
      order: text(reader.order(contents)),
      voucher: text(reader.voucher(contents)),
      instance: this.request.origin,
    };
    this.id = this.history.invoke(facts, nanoseconds(atMs));
  }

  complete(exchange: EndedCall, answer: Answer | undefined): void {
    // A call that was never written is an operation all the same: one that definitely did not happen.
    if (this.id === undefined) this.invoke(exchange.endedAtMs);
    const facts = answer === undefined ? unanswered(exchange) : this.answered(exchange, answer);
    this.history.complete(this.id as number, facts, nanoseconds(exchange.endedAtMs));
  }

  private answered(exchange: EndedCall, answer: Answer): CompleteFacts {
    const { reader } = this.matched;
    const contents: CallContents = { body: undefined, path: undefined, answer: exchange.json() };
    return {
      outcome: OUTCOME_OF[answer],
      status: exchange.status,
      code: answer === 'ok' || answer === 'accepted' ? undefined : codeOf(exchange),
      hold: text(reader.answerHold(contents)),
      order: text(reader.answerOrder(contents)),
      voucher: text(reader.answerVoucher(contents)),
      sku: text(reader.answerSku(contents)),
      sequence: count(reader.answerSequence(contents)),
      observed: answer === 'ok' ? reader.observed?.(contents) : undefined,
      requestId: exchange.header(REQUEST_ID_HEADER),
    };
  }
}

function unanswered({ written, failure }: EndedCall): CompleteFacts {
  return { outcome: written ? 'info' : 'fail', status: 0, code: failure?.code };
}

const nanoseconds = (ms: number): number => Math.round(ms * 1e6);

const OUTCOME_OF: Record<Answer, Outcome> = {
  ok: 'ok',
  accepted: 'info',
  sold_out: 'fail',
  refused: 'fail',
  error: 'info',
};

function parseJson(body: string | Uint8Array | null): unknown {
  if (body === null) return undefined;
  try {
    return JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
