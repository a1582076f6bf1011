import type { Outcome } from '../../history/operation.ts';
import type { CompleteFacts, InvokeFacts } from '../../history/operation-writer.ts';
import type { Answer } from '../../target/target.ts';
import type { Exchange } from '../http/exchange.ts';

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

/** The buyer who makes a call, the id of the call, and the instance that is asked. */
export type CallIdentity = Pick<InvokeFacts, 'buyer' | 'callId' | 'instance'>;

/** The completion of a call without an answer. */
export function unanswered({ written, failure }: EndedCall): CompleteFacts {
  return { outcome: written ? 'info' : 'fail', status: 0, code: failure?.code };
}

/** True if the shop did it, or promised to. */
export const isYes = (is: Answer): boolean => is === 'ok' || is === 'accepted';

export const nanoseconds = (ms: number): number => Math.round(ms * 1e6);

export const OUTCOME_OF: Record<Answer, Outcome> = {
  ok: 'ok',
  accepted: 'info',
  sold_out: 'fail',
  refused: 'fail',
  limited: 'fail',
  error: 'info',
  unclassified: 'info',
};
