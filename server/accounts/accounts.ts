import { setImmediate as endOfTurn } from 'node:timers/promises';
import type { Pool } from 'pg';
import type {
  Credentials,
  OpenSession,
  Registration,
  Role,
  Session,
} from '../../src/protocol/accounts.ts';
import type { Caller } from '../http/request/request.ts';
import type { FairTurns } from '../platform/fair-turns.ts';
import { transaction } from '../platform/postgres.ts';
import type { LiveSessions } from './live-sessions.ts';
import type { LoginAttempts } from './login-attempts.ts';
import type { Passwords } from './passwords.ts';
import type { ReferralStore } from './referrals/store.ts';
import { decideRefresh, hashOf, newRefreshToken, newSalt, successorOf } from './refresh-token.ts';
import type { SessionStore } from './session-store.ts';
import type { AccountStore } from './store.ts';
import type { Tokens } from './tokens.ts';

/** So many passwords wait to be hashed that this one was turned away, or its client is gone while it waited. */
type NotHashed = { outcome: 'busy'; retryAfterMs: number } | { outcome: 'gone' };

/** The client that sends a password. */
export interface Client {
  address: string;
  /** Aborted when nobody waits for the answer any more. */
  gone: AbortSignal;
}

export type RegisterOutcome =
  | { outcome: 'registered'; session: Session }
  | { outcome: 'username_taken' }
  /** Nobody has the referral code. */
  | { outcome: 'wrong_code' }
  | NotHashed;

export type LoginOutcome =
  | { outcome: 'logged_in'; session: Session }
  /** A wrong password or an unknown user; both take the same time. */
  | { outcome: 'invalid_credentials' }
  | { outcome: 'too_many_attempts'; retryAfterMs: number }
  | NotHashed;

export interface Accounts {
  /** Creates a buyer and opens a session. With a referral code, the buyer counts for the user who has it. */
  register(registration: Registration, client: Client): Promise<RegisterOutcome>;
  logIn(credentials: Credentials, client: Client): Promise<LoginOutcome>;
  /** Uses a refresh token up and resolves to the next tokens of its session; to undefined for an invalid token. */
  refresh(refreshToken: string): Promise<Session | undefined>;
  /**
   * Ends a session, or all sessions of a user: at once on this instance, and on others when the message of the commit has
   * arrived there. Resolves to the number of sessions.
   */
  endSessions(which: { sessionId: string } | { userId: string }): Promise<number>;
  listSessions(userId: string): Promise<OpenSession[]>;
  /** Opens a session for each of many users, without a password. Resolves to one token per user, in order. */
  openSessions(callers: Caller[]): Promise<string[]>;
  /** Sets the role of a user, and ends the user's sessions if the role has changed. Undefined for an unknown user. */
  putRole(userId: string, role: Role): Promise<{ sessionsEnded: number } | undefined>;
  /**
   * Creates an account with the admin role, or gives an existing account this role and password. Where that changes the
   * account, its sessions end: somebody may have changed the password because a session was stolen.
   */
  ensureAdmin(credentials: Credentials): Promise<void>;
}

/** The result of a refresh: the next tokens of the session, or the sessions that were ended, or nothing. */
interface Refreshed {
  session?: Session;
  ended?: string[];
}

/**
 * Tokens that are signed before other requests get a turn. Signing takes about 5 µs per token with a secret, and 1 ms
 * with RSA.
 */
const TOKENS_PER_TURN = 50;

/** The most sessions of one user that a list shows. Ending all sessions of a user has no such limit. */
const LISTED_MAX = 100;

export function createAccountService(deps: {
  pool: Pool;
  users: AccountStore;
  referrals: Pick<ReferralStore, 'isCode' | 'count'>;
  sessions: SessionStore;
  live: LiveSessions;
  passwords: Passwords;
  /** The turns in which passwords of strangers are hashed. */
  turns: FairTurns;
  attempts: LoginAttempts;
  tokens: Tokens;
  newId(): string;
}): Accounts {
  const { pool, users, referrals, sessions, live, passwords, turns, attempts, tokens, newId } =
    deps;

  function describeSession(caller: Caller, sessionId: string, refreshToken: string): Session {
    const token = tokens.sign(caller, sessionId);
    return { userId: caller.userId, token, refreshToken, expiresIn: tokens.ttlSeconds };
  }

  async function openSession(userId: string, passwordHash: string): Promise<Session | undefined> {
    const sessionId = newId();
    const refreshToken = newRefreshToken();
    const stored = { hash: hashOf(refreshToken), salt: newSalt() };
    const role = await sessions.open({ sessionId, userId, passwordHash, ...stored });
    if (role === undefined) return undefined;
    live.opened([sessionId]);
    return describeSession({ userId, role }, sessionId, refreshToken);
  }

  /** The account and its referral are written together: who is registered once is counted once. */
  async function insertBuyer(
    buyer: { userId: string; username: string; passwordHash: string },
    code: string | undefined,
  ): Promise<boolean> {
    const account = { ...buyer, role: 'buyer' } as const;
    if (code === undefined) return users.insert(pool, account);
    return transaction(pool, async (tx) => {
      const inserted = await users.insert(tx, account);
      if (inserted) await referrals.count(tx, { code, referredId: buyer.userId });
      return inserted;
    });
  }

  return {
    async register({ username, password, referralCode: code }, { address, gone }) {
      if (code !== undefined && !(await referrals.isCode(code))) return { outcome: 'wrong_code' };
      const turner = { kind: 'register', address };
      const turn = await turns.take(turner, () => passwords.hash(password), gone);
      if (turn.outcome !== 'done') return turn;
      const userId = newId();
      const passwordHash = turn.value;
      const inserted = await insertBuyer({ userId, username, passwordHash }, code);
      if (!inserted) return { outcome: 'username_taken' };
      await attempts.cameFrom({ username, address });
      const session = await openSession(userId, passwordHash);
      if (session === undefined) throw new Error(`user ${userId} was changed while it was made`);
      return { outcome: 'registered', session };
    },

    async logIn({ username, password }, { address, gone }) {
      const attempt = { username, address };
      const refused = await attempts.look(attempt);
      if (refused !== undefined) return { outcome: 'too_many_attempts', ...refused };
      const account = await users.find(username);
      // An attempt is counted when its turn comes, so that those who wait do not use up what an address may do.
      const compare = async () => {
        const taken = await attempts.take(attempt);
        if (!('succeeded' in taken)) return { outcome: 'too_many_attempts', ...taken } as const;
        const matches = await passwords.matches(password, account?.passwordHash);
        if (matches) await taken.succeeded();
        return { outcome: matches ? 'right' : 'wrong' } as const;
      };
      const turn = await turns.take({ kind: 'log in', address }, compare, gone);
      if (turn.outcome !== 'done') return turn;
      if (turn.value.outcome === 'too_many_attempts') return turn.value;
      if (turn.value.outcome === 'wrong' || typeof account?.passwordHash !== 'string') {
        return { outcome: 'invalid_credentials' };
      }
      const session = await openSession(account.userId, account.passwordHash);
      return session === undefined
        ? { outcome: 'invalid_credentials' }
        : { outcome: 'logged_in', session };
    },

    async refresh(refreshToken) {
      const hash = hashOf(refreshToken);
      const { session, ended } = await transaction(pool, async (client): Promise<Refreshed> => {
        const found = await sessions.findRefreshToken(client, hash);
        if (found === undefined) return {};
        const { userId, role, sessionId, salt, state } = found;

        const next = successorOf(refreshToken, salt);
        const successorUsed = await sessions.isUsed(client, hashOf(next));
        switch (decideRefresh({ ...state, successorUsed })) {
          case 'rotate':
            await sessions.rotate(client, hash, sessionId, { hash: hashOf(next), salt: newSalt() });
            return { session: describeSession({ userId, role }, sessionId, next) };
          case 'repeat':
            return { session: describeSession({ userId, role }, sessionId, next) };
          case 'end_session':
            return { ended: await sessions.end({ sessionId }, client) };
          case 'refuse':
            return {};
        }
      });
      if (ended !== undefined) live.ended(ended);
      return session;
    },

    async endSessions(which) {
      const ended = await sessions.end(which);
      live.ended(ended);
      return ended.length;
    },
    listSessions: (userId) => sessions.list(userId, LISTED_MAX),

    async openSessions(callers) {
      const opened = callers.map((caller) => ({ ...caller, sessionId: newId() }));
      await sessions.openMany(opened);
      const signed: string[] = [];
      for (let first = 0; first < opened.length; first += TOKENS_PER_TURN) {
        const turn = opened.slice(first, first + TOKENS_PER_TURN);
        live.opened(turn.map(({ sessionId }) => sessionId));
        for (const { sessionId, ...caller } of turn) signed.push(tokens.sign(caller, sessionId));
        await endOfTurn();
      }
      return signed;
    },

    async putRole(userId, role) {
      const ended = await transaction(pool, async (client) => {
        const changed = await users.putRole(client, userId, role);
        if (changed === undefined) return undefined;
        return changed ? sessions.end({ userId }, client) : [];
      });
      if (ended === undefined) return undefined;
      live.ended(ended);
      return { sessionsEnded: ended.length };
    },

    async ensureAdmin({ username, password }) {
      const ended = await transaction(pool, async (client) => {
        const known = await users.lock(client, username);
        // A new account has no password to compare with, and nobody measures how long a start takes.
        const isSame = known && (await passwords.matches(password, known.passwordHash));
        if (isSame && known.role === 'admin') return [];
        const passwordHash = await passwords.hash(password);
        const account = { userId: newId(), username, passwordHash, role: 'admin' } as const;
        return sessions.end({ userId: await users.put(client, account) }, client);
      });
      live.ended(ended);
    },
  };
}
