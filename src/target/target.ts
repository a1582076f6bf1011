import type { OperationKind } from '../history/operation.ts';

/**
 * What a server under test looks like from outside: which request is which operation, where key, quantity and ids
 * stand, and what its answers mean. Pure data and pure functions, so that somebody else's server is one more file.
 */
export interface Target {
  name: string;
  operations: OperationRule[];
  /** Request header that carries the call id, if the server stores one. */
  callIdHeader?: string;
  /** Request header by which a buyer says that calls are the same one again, lower case. */
  idempotencyHeader?: string;
  /** The buyer behind a request, read from its `authorization` header; asked for every operation. */
  buyerOf(authorization: string): string | undefined;
  /** What an answer means. Only for answers that arrived; a call without one is judged by its transport facts. */
  classify(status: number, code: string | undefined): Answer;
}

/**
 * `ok`, `sold_out` and `refused` are definite. `accepted` leaves the decision to later (a payment under way); `error` is
 * an answer that leaves open whether the call took effect (a 5xx without a definite code).
 */
export type Answer = 'ok' | 'accepted' | 'sold_out' | 'refused' | 'error';

export interface OperationRule {
  kind: OperationKind;
  method: string;
  /** Path template; `:name` matches one segment. */
  path: string;
  /** Where facts stand: dotted paths into the JSON request body (`body.x`), the answer (`answer.x`), or a path parameter (`path.x`). */
  sku?: string;
  quantity?: string;
  /** Hold named by the request (confirm, release). */
  hold?: string;
  /** Order named by the request (cancel). */
  order?: string;
  /** Voucher code in the request (redeem). */
  voucher?: string;
  /** Hold named by the answer (reserve). */
  answerHold?: string;
  answerOrder?: string;
  answerVoucher?: string;
  answerSku?: string;
  answerSequence?: string;
  /** Stock counts a `read` answers with, or the decision over an attempt. */
  answerObserved?: { available?: string; reserved?: string; sold?: string; decision?: string };
}
