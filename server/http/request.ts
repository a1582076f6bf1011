import type { Role } from '../../src/protocol/accounts.ts';

/** Who is asking: what a verified token says, and never anything the body says. */
export interface Caller {
  userId: string;
  role: Role;
}

declare global {
  namespace Express {
    interface Request {
      /** Names this request in its answer and in the log; set first of all. */
      id: string;
      /** Set by `authenticate`; only routes behind it may read it. */
      caller: Caller;
      /** The session of the caller's token; set with it. */
      sessionId: string;
    }
  }
}
