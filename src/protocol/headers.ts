/** Client → server: id of one call. Stored with its effect, so that the ledger shows whether an unanswered call happened. */
export const CALL_ID_HEADER = 'x-call-id';
export const CALL_ID_FORM = /^[\w.:-]{1,100}$/;

/** Server → client: id of one answer, which is also in the server's log. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** Client → server: calls with the same key are repetitions of one wish. The server answers all of them as it did the first. */
export const IDEMPOTENCY_KEY_HEADER = 'idempotency-key';
/** A key with or without quotes: the draft of this header requires quotes, but most clients send none. */
export const IDEMPOTENCY_KEY_FORM = /^(?:"([\x21\x23-\x7e]{1,255})"|([\x21\x23-\x7e]{1,255}))$/;
