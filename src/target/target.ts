import type { OperationKind } from '../history/operation.ts';
import type { RefusalReasons } from '../history/refusal-reason.ts';

/**
 * The interface of a server under test, seen from outside: which request is which operation, where keys, quantities and
 * ids stand in it, and what the answers mean. Pure data and pure functions, so that another server is one more file.
 */
export interface Target {
  name: string;
  operations: OperationRule[];
  /** Request header that carries the call id; absent if the server stores none. */
  callIdHeader?: string;
  /** Request header by which a buyer marks calls as repetitions of one wish, in lower case. */
  idempotencyHeader?: string;
  /** The error codes of refusals that say something about the sale. The judge asks of each if it was true. */
  refusals: RefusalReasons;
  /** The time by which a "sold out" without a sequence number may be behind the stock; absent: it never is. */
  refusalLagMs?: number;
  /** The time by which a read may be behind the sale, as from a cache; absent: it never is. */
  readLagMs?: number;
  /** The number of reservations and purchases that a buyer may have of one SKU; absent: as many as the units allow. */
  holdsPerBuyerMax?: number;
  /** Reads the buyer of a request from its `authorization` header. Called for every operation. */
  buyerOf(authorization: string): string | undefined;
  /** Decides the meaning of an answer that arrived. A call without an answer is classified by its transport facts. */
  classify(status: number, code: string | undefined): Answer;
}

/**
 * The meaning of an answer. `ok`, `sold_out` and `refused` are definite. `accepted` puts the decision off (a payment under
 * way). `error` leaves open whether the call took effect (a 5xx without a definite code).
 */
export type Answer = 'ok' | 'accepted' | 'sold_out' | 'refused' | 'error';

/** Names the request that is an operation, and the places of its facts. */
export interface OperationRule {
  kind: OperationKind;
  method: string;
  /** Path template; `:name` matches one segment. */
  path: string;
  /** Places of facts: dotted paths into the JSON request body (`body.x`), the answer (`answer.x`), or a path parameter (`path.x`). */
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
  /** Stock counts in the answer to a `read`, or the decision over an attempt. */
  answerObserved?: { available?: string; reserved?: string; sold?: string; decision?: string };
}
