import type { Role } from '../../../src/protocol/accounts.ts';

/** Who is asking: what a verified token says, and never anything the body says. */
export interface Caller {
  userId: string;
  role: Role;
}

/** The hold a request has on its Idempotency-Key while it is worked on. */
export interface Claim {
  /** The id for what the request makes, the same however often it is begun. */
  effectId: string;
  /** An earlier call ended without an answer on record, so what it made may be there. */
  isRepeated: boolean;
  /** Puts a final answer on record, or gives the key up, and then sends. To be called once. */
  settle(answer: { status: number; body: string; isFinal: boolean }, sendIt: () => void): void;
}

declare global {
  namespace Express {
    interface Request {
      /** Names this request in its answer and in the log; set first of all. */
      id: string;
      /** The body as it was sent, for who has to check a signature over it; set with `body`. */
      bodyText: string;
      /** Set by `authenticate`; only routes behind it may read it. */
      caller: Caller;
      /** Set while a request with an Idempotency-Key is worked on. */
      claim?: Claim;
      /** The session of the caller's token; set with it. */
      sessionId: string;
    }
  }
}
