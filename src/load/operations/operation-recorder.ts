import type { Outcome } from '../../history/operation.ts';
import type {
  CompleteFacts,
  HistoryRecorder,
  InvokeFacts,
} from '../../history/operation-writer.ts';
import { REQUEST_ID_HEADER } from '../../protocol/headers.ts';
import type { Answer, Target } from '../../target/target.ts';
import type { Exchange, HttpRequest } from '../http/exchange.ts';
import { createOperationRouter, type MatchedRule } from './operation-router.ts';
import { createAnswerReader, type ReadAnswer } from './rule-reader.ts';

/**
 * Records requests as operations of the history. The target decides which request is an operation. Its outcome is read
 * from transport facts and the target's rules alone, never from scenario code.
 */
export interface OperationRecorder {
  /** Adds the call id header to a request that is an operation; returns undefined for any other request. */
  begin(request: HttpRequest, authorization: string | undefined): OperationInFlight | undefined;
  /** The meaning of the answer to a request that is no operation; undefined when no answer arrived. */
  meaningOf(exchange: EndedCall): Answer | undefined;
}

/** One operation between its call and its completion. */
export interface OperationInFlight {
  /** True if it changes nothing, so that it may be sent again. */
  readonly isRead: boolean;
  /** The id of the call that its request carries. */
  readonly callId: string | undefined;
  /** Records the invocation, right before the first byte is written; `atMs` is on the history's clock. */
  invoke(atMs: number): void;
  /** Its buyer, its SKU and its id, as attributes of a trace. */
  described(): Record<string, string | undefined>;
  /** Records the outcome. Returns the meaning of the answer; undefined when no answer arrived. */
  complete(exchange: EndedCall): Answer | undefined;
}

/** The facts of an ended exchange from which an operation's completion is read. */
export type EndedCall = Pick<
  Exchange,
  'written' | 'status' | 'text' | 'json' | 'header' | 'cookie' | 'endedAtMs'
> & {
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
  const ruleOf = createOperationRouter(target);
  const meaningOf = createAnswerReader(target.answers, target);
  const remembers = target.operations.some(({ decisions }) => decisions !== undefined);
  const recording: Recording = { history, attempts: new Map(), remembers };

  return {
    begin(request, authorization) {
      const matched = ruleOf(request);
      if (!matched) return undefined;
      const { reader, contents } = matched;
      let callId: string | undefined;
      if (reader.callIdHeader !== undefined) {
        callId = nextCallId();
        request.headers.push(reader.callIdHeader, callId);
      }
      const buyer = reader.buyer(contents, authorization);
      return new RecordedOperation(recording, matched, { buyer, callId, instance: request.origin });
    },
    meaningOf: (exchange) => (exchange.failure ? undefined : meaningOf(exchange).is),
  };
}

/** The parts of a recorder that its operations share. */
interface Recording {
  history: HistoryRecorder;
  /** Accepted attempts by the ids that their answers gave: who asks for a decision may name nothing else. */
  attempts: Map<string, Attempted>;
  /** True when decisions are asked for. */
  remembers: boolean;
}

/** The SKU and the buyer of an attempt, as far as they are known. */
type Attempted = Pick<InvokeFacts, 'sku' | 'buyer'>;

/** The buyer who makes a call, the id of the call, and the instance that is asked. */
type CallIdentity = Pick<InvokeFacts, 'buyer' | 'callId' | 'instance'>;

class RecordedOperation implements OperationInFlight {
  private readonly recording: Recording;
  private readonly matched: MatchedRule;
  private readonly identity: CallIdentity;
  private id: number | undefined;
  private sku: string | undefined;

  constructor(recording: Recording, matched: MatchedRule, identity: CallIdentity) {
    this.recording = recording;
    this.matched = matched;
    this.identity = identity;
  }

  get isRead(): boolean {
    return this.matched.reader.kind === 'read';
  }

  get callId(): string | undefined {
    return this.identity.callId;
  }

  invoke(atMs: number): void {
    const { reader, contents } = this.matched;
    const { buyer, callId, instance } = this.identity;
    const sent = reader.sent(contents);
    const attempted = this.recording.remembers
      ? this.recording.attempts.get(sent.order ?? sent.hold ?? '')
      : undefined;
    this.sku = sent.sku ?? attempted?.sku;
    const facts: InvokeFacts = {
      kind: reader.kind,
      sku: this.sku,
      buyer: buyer ?? (reader.kind === 'read' ? attempted?.buyer : undefined),
      quantity: sent.quantity,
      callId: callId ?? sent.callId,
      idempotencyKey: sent.idempotencyKey,
      hold: sent.hold,
      order: sent.order,
      voucher: sent.voucher,
      ticket: sent.ticket,
      instance,
    };
    this.id = this.recording.history.invoke(facts, nanoseconds(atMs));
  }

  described(): Record<string, string | undefined> {
    const { buyer, callId } = this.identity;
    return {
      'flashsale.operation': this.matched.reader.kind,
      'flashsale.buyer': buyer,
      'flashsale.sku': this.sku,
      'flashsale.call_id': callId,
    };
  }

  complete(exchange: EndedCall): Answer | undefined {
    // A call that was never written is an operation all the same: one that definitely did not happen.
    if (this.id === undefined) this.invoke(exchange.endedAtMs);
    const meaning = exchange.failure ? undefined : this.matched.reader.read(exchange);
    const facts = meaning === undefined ? unanswered(exchange) : this.answered(exchange, meaning);
    this.recording.history.complete(this.id as number, facts, nanoseconds(exchange.endedAtMs));
    return meaning?.is;
  }

  /** An id that several buyers were told, or that was told of several SKUs, does not tell whose attempt it is. */
  private remember(id: string, attempted: Attempted): void {
    const { attempts } = this.recording;
    const before = attempts.get(id) ?? attempted;
    const same = (fact: keyof Attempted) =>
      before[fact] === attempted[fact] ? attempted[fact] : undefined;
    attempts.set(id, { sku: same('sku'), buyer: same('buyer') });
  }

  private answered(exchange: EndedCall, meaning: ReadAnswer): CompleteFacts {
    const { reader } = this.matched;
    const { is } = meaning;
    const { hold, order, voucher, sku, sequence, observed } = reader.answered(exchange, meaning);
    const attempted = order ?? hold;
    if (this.recording.remembers && reader.kind === 'attempt' && attempted !== undefined) {
      this.remember(attempted, { sku: sku ?? this.sku, buyer: this.identity.buyer });
    }
    return {
      // An attempt asks to be accepted. Any other call that is accepted may still fail.
      outcome: reader.kind === 'attempt' && is === 'accepted' ? 'ok' : OUTCOME_OF[is],
      status: exchange.status,
      // A decision that is a no may have a reason, though the call that asked for it was answered.
      code: isYes(is) && meaning.decision !== 'FAILED' ? undefined : meaning.code,
      hold,
      order,
      voucher,
      sku,
      sequence,
      observed,
      requestId: exchange.header(REQUEST_ID_HEADER),
    };
  }
}

function unanswered({ written, failure }: EndedCall): CompleteFacts {
  return { outcome: written ? 'info' : 'fail', status: 0, code: failure?.code };
}

const isYes = (is: Answer): boolean => is === 'ok' || is === 'accepted';

const nanoseconds = (ms: number): number => Math.round(ms * 1e6);

const OUTCOME_OF: Record<Answer, Outcome> = {
  ok: 'ok',
  accepted: 'info',
  sold_out: 'fail',
  refused: 'fail',
  limited: 'fail',
  error: 'info',
  unclassified: 'info',
};
