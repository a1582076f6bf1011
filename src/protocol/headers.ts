/** Client → server: names one call. Stored with its effect, so a later read tells whether an unanswered call happened. */
export const CALL_ID_HEADER = 'x-call-id';

/** Server → client: names one answer; the same id stands in the server's log. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** Client → server: calls with the same key are one wish, sent again; the server answers all of them as it did the first. */
export const IDEMPOTENCY_KEY_HEADER = 'idempotency-key';
