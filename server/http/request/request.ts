import type { Role } from '../../../src/protocol/accounts.ts';

/** The user who sent a request, according to the verified token; never according to the body. */
export interface Caller {
  userId: string;
  role: Role;
}

/** The claim of a request on its Idempotency-Key while the request is handled. */
export interface Claim {
  /** The id for the reservation, order or use that the request makes; the same for each attempt of the request. */
  effectId: string;
  /** True when an earlier request with this key stored no answer, so the effect may exist already. */
  isRepeated: boolean;
  /** Stores a final answer, or gives up the key for another answer, and then sends. To be called once. */
  settle(answer: { status: number; body: string; isFinal: boolean }, sendIt: () => void): void;
}

declare global {
  namespace Express {
    interface Request {
      /** Id of this request in its answer and in the log; set before all else. */
      id: string;
      /** The text of the body, to check a signature of it; set with `body`. */
      bodyText: string;
      /** Set by `authenticate`; only handlers after it may read it. */
      caller: Caller;
      /** Set while a request with an Idempotency-Key is handled. */
      claim?: Claim;
      /** Session of the caller's token; set with `caller`. */
      sessionId: string;
    }
  }
}
