import type {
  CompleteFacts,
  HistoryRecorder,
  InvokeFacts,
} from '../../history/operation-writer.ts';
import { REQUEST_ID_HEADER } from '../../protocol/headers.ts';
import type { Answer, Target } from '../../target/target.ts';
import type { HttpRequest } from '../http/exchange.ts';
import {
  type CallIdentity,
  type EndedCall,
  isYes,
  nanoseconds,
  type OperationInFlight,
  OUTCOME_OF,
  unanswered,
} from './operation-in-flight.ts';
import { createOperationRouter, type MatchedRule } from './operation-router.ts';
import { type BasketRecording, RecordedBasket } from './recorded-basket.ts';
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
  const baskets: BasketRecording = { history, known: new Map(), target };

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
      const identity = { buyer, callId, instance: request.origin };
      return reader.basket === undefined
        ? new RecordedOperation(recording, matched, identity)
        : new RecordedBasket(baskets, { reader, basket: reader.basket, contents }, identity);
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
