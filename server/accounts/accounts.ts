import { setImmediate as endOfTurn } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Credentials, OpenSession, Role, Session } from '../../src/protocol/accounts.ts';
import type { Caller } from '../http/request/request.ts';
import { transaction } from '../platform/postgres.ts';
import type { LiveSessions } from './live-sessions.ts';
import type { LoginAttempts } from './login-attempts.ts';
import type { Passwords } from './passwords.ts';
import { decideRefresh, hashOf, newRefreshToken, newSalt, successorOf } from './refresh-token.ts';
import type { SessionStore } from './session-store.ts';
import type { AccountStore } from './store.ts';
import type { Tokens } from './tokens.ts';

export type RegisterOutcome =
  | { outcome: 'registered'; session: Session }
  | { outcome: 'username_taken' };

export type LoginOutcome =
  | { outcome: 'logged_in'; session: Session }
  /** A wrong password and an unknown user alike, after the same work. */
  | { outcome: 'invalid_credentials' }
  | { outcome: 'too_many_attempts'; retryAfterMs: number };

export interface Accounts {
  /** Makes a buyer and logs them in. */
  register(credentials: Credentials): Promise<RegisterOutcome>;
  logIn(credentials: Credentials, ip: string): Promise<LoginOutcome>;
  /** A session's next token for its refresh token, which is used up by this. Nothing for one that is not valid. */
  refresh(refreshToken: string): Promise<Session | undefined>;
  /** Ends a session, or all of a user, at once and on every instance; answers with how many there were. */
  endSessions(which: { sessionId: string } | { userId: string }): Promise<number>;
  listSessions(userId: string): Promise<OpenSession[]>;
  /** Logs many users in at once, who need no password; answers with a token for each, in order. */
  openSessions(callers: Caller[]): Promise<string[]>;
  /** Gives a user another role, and ends their sessions if it is another. Nothing when there is no such user. */
  putRole(userId: string, role: Role): Promise<{ sessionsEnded: number } | undefined>;
  /** Makes sure that an account with the admin role and this password exists. */
  ensureAdmin(credentials: Credentials): Promise<void>;
}

/** What the transaction of a refresh leads to: a session's next tokens, or its end, or nothing. */
interface Refreshed {
  session?: Session;
  ended?: string[];
}

/** Signing takes some 20 µs a token with a secret, and 1 ms with RSA; after so many others are served. */
const TOKENS_PER_TURN = 50;

/** More open sessions of one user are not listed, only ended. */
const LISTED_MAX = 100;

export function createAccountService(deps: {
  pool: Pool;
  users: AccountStore;
  sessions: SessionStore;
  live: LiveSessions;
  passwords: Passwords;
  attempts: LoginAttempts;
  tokens: Tokens;
  newId(): string;
}): Accounts {
  const { pool, users, sessions, live, passwords, attempts, tokens, newId } = deps;

  function answer(caller: Caller, sessionId: string, refreshToken: string): Session {
    const token = tokens.sign(caller, sessionId);
    return { userId: caller.userId, token, refreshToken, expiresIn: tokens.ttlSeconds };
  }

  async function openSession(userId: string): Promise<Session> {
    const sessionId = newId();
    const refreshToken = newRefreshToken();
    const stored = { hash: hashOf(refreshToken), salt: newSalt() };
    const role = await sessions.open({ sessionId, userId, ...stored });
    live.opened([sessionId]);
    return answer({ userId, role }, sessionId, refreshToken);
  }

  return {
    async register({ username, password }) {
      const userId = newId();
      const passwordHash = await passwords.hash(password);
      const inserted = await users.insert({ userId, username, passwordHash, role: 'buyer' });
      if (!inserted) return { outcome: 'username_taken' };
      return { outcome: 'registered', session: await openSession(userId) };
    },

    async logIn({ username, password }, ip) {
      const refused = await attempts.take(username, ip);
      if (refused !== undefined) return { outcome: 'too_many_attempts', ...refused };
      const account = await users.find(username);
      const matches = await passwords.matches(password, account?.passwordHash);
      if (account === undefined || !matches) {
        await attempts.failed(ip);
        return { outcome: 'invalid_credentials' };
      }
      await attempts.succeeded(username);
      return { outcome: 'logged_in', session: await openSession(account.userId) };
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
            return { session: answer({ userId, role }, sessionId, next) };
          case 'repeat':
            return { session: answer({ userId, role }, sessionId, next) };
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
      const passwordHash = await passwords.hash(password);
      await users.put({ userId: newId(), username, passwordHash, role: 'admin' });
    },
  };
}
