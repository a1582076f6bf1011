import type { RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import type { Clock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import { createAuthenticate } from '../http/guards/authenticate.ts';
import { createRouter } from '../http/router.ts';
import { createFairTurns } from '../platform/fair-turns.ts';
import { createListener } from '../platform/listener.ts';
import type { Logger } from '../platform/logging.ts';
import type { Redis } from '../platform/redis.ts';
import { type Accounts, createAccountService } from './accounts.ts';
import { readTokenKeys } from './keys.ts';
import { createLiveSessions } from './live-sessions.ts';
import { createLoginAttempts, type LoginLimits } from './login-attempts.ts';
import { createPasswords } from './passwords.ts';
import { newReferralCode } from './referrals/code.ts';
import { createReferralRoutes } from './referrals/routes.ts';
import { createReferralStore } from './referrals/store.ts';
import { createAccountAdminRoutes, createAccountRoutes } from './routes.ts';
import { createSessionCache } from './session-cache.ts';
import { createSessionStore } from './session-store.ts';
import { createAccountStore } from './store.ts';
import { createTokens } from './tokens.ts';

/**
 * DNS and files need libuv's four threads as well, so two hash passwords: 36 a second at the default cost, where two
 * processors are free. The last of those who wait gets its answer while its client still waits for one.
 */
const PASSWORD_TURNS = { concurrency: 2, waitingMax: 200, retryAfterMs: 5000 };

/** The user and the session of a token, and the moment from which on it is not valid. */
export interface TokenHolder {
  userId: string;
  sessionId: string;
  expiresAtMs: number;
}

/**
 * The feature of accounts: users, whom they brought, the sessions that a login opens, and the tokens of sessions.
 *
 * PostgreSQL's NOTIFY tells every instance that a session has ended, with Redis or without. The message is part of the
 * commit that ends the session, so neither happens without the other; and every server has PostgreSQL.
 */
export function createAccounts(deps: {
  pool: Pool;
  redis?: Redis;
  databaseSessionUrl: string;
  instance: string;
  jwtSecret: string;
  jwtPrivateKeyFile?: string;
  jwtVerifyKeyFile?: string;
  tokenTtlMs: number;
  refreshTtlMs: number;
  bcryptCost: number;
  loginLimits: LoginLimits;
  readJson: RequestHandler;
  /** Counts registrations; absent without limits. */
  limitRegistrations?: RequestHandler;
  clock: Clock;
  log: Logger;
}): Pick<Accounts, 'ensureAdmin' | 'openSessions'> & {
  authenticate: RequestHandler;
  routes: Router;
  /** True if there is an account of this user. */
  isUser(userId: string): Promise<boolean>;
  /** Verifies a token, and asks if its session is live. Undefined if not. */
  identify(token: string): Promise<TokenHolder | undefined>;
  isLive(sessionId: string): Promise<boolean>;
  /** Calls `listener` with sessions that have ended, here or elsewhere; with nothing when others may have, unheard. */
  onSessionsEnded(listener: (sessionIds: string[] | undefined) => void): void;
  /** Signs a token and verifies it, for the health report. */
  selfTest(): Promise<void>;
  /** Deletes sessions and refresh tokens that have expired, at most `limit` of each. Resolves to their number. */
  sweepSessions(limit: number): Promise<number>;
  /** Starts to listen for sessions that end. */
  start(): Promise<void>;
  stop(): Promise<void>;
} {
  const { pool, redis, tokenTtlMs, refreshTtlMs, readJson, clock, log } = deps;
  const nowMs = () => clock.nowMs();
  const keys = readTokenKeys(deps);
  const tokens = createTokens({ keys, ttlMs: tokenTtlMs, nowMs });
  const sessions = createSessionStore(pool, { tokenTtlMs, refreshTtlMs });

  const listeners: ((sessionIds: string[] | undefined) => void)[] = [];

  const listener = createListener({
    connectionString: deps.databaseSessionUrl,
    applicationName: `flashsale ${deps.instance} sessions`,
    channel: 'session_ended',
    clock,
    onMessage: (sessionId) => live.ended([sessionId]),
    onUp: () => live.trustMemory(),
    onDown: (error) => {
      live.distrustMemory();
      log.warn({ err: error }, 'no messages about ended sessions; every check asks the database');
    },
  });
  const live = createLiveSessions({
    findLive: sessions.findLive,
    messagesArrive: listener.isUp,
    onEnded(sessionIds) {
      for (const listen of listeners) listen(sessionIds);
    },
    cache: redis && createSessionCache({ redis, ttlMs: tokenTtlMs, findEnded: sessions.findEnded }),
  });
  const authenticate = createAuthenticate({ verify: tokens.verify, sessions: live, nowMs });

  const users = createAccountStore(pool);
  const referrals = createReferralStore(pool, newReferralCode);
  const accounts = createAccountService({
    pool,
    users,
    referrals,
    sessions,
    live,
    passwords: createPasswords({ cost: deps.bcryptCost }),
    turns: createFairTurns(PASSWORD_TURNS),
    attempts: createLoginAttempts(redis, deps.loginLimits),
    tokens,
    newId,
  });
  const { limitRegistrations } = deps;
  const routeDeps = { accounts, jwks: keys.jwks, authenticate, readJson, limitRegistrations };
  return {
    authenticate,
    routes: createRouter().use(
      createAccountRoutes(routeDeps),
      createReferralRoutes({ store: referrals, authenticate }),
      createAccountAdminRoutes(routeDeps),
    ),
    isUser: users.exists,
    ensureAdmin: accounts.ensureAdmin,
    openSessions: accounts.openSessions,
    selfTest: tokens.selfTest,
    async identify(token) {
      const check = tokens.verify(token);
      if ('refused' in check || !(await live.isLive(check.sessionId))) return undefined;
      const { caller, sessionId, expiresAtMs } = check;
      return { userId: caller.userId, sessionId, expiresAtMs };
    },
    isLive: live.isLive,
    onSessionsEnded: (listen) => void listeners.push(listen),
    sweepSessions: sessions.sweep,
    start: listener.start,
    stop: listener.stop,
  };
}
