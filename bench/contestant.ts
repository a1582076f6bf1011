import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Pool } from 'pg';
import { secretKeys } from '../server/accounts/keys.ts';
import { createSessionStore } from '../server/accounts/session-store.ts';
import { createTokens } from '../server/accounts/tokens.ts';
import { newId } from '../src/kernel/ids.ts';
import { SERVER_NODE_FLAGS } from '../src/stack/services/server-process.ts';

/** A server to measure: a script that listens on a free port and sends its URL over IPC. */
export interface Contestant {
  name: string;
  script: string;
  env: Record<string, string>;
  /** The requests of one round: enough for a few seconds. */
  requests: number;
}

const JWT_SECRET = 'a-secret-for-the-bench-that-nobody-else-uses';

/** Opens sessions for `count` new buyers. Returns their authorization headers. */
export async function authorizeBuyers(pool: Pool, count: number): Promise<string[]> {
  const ttlMs = 3_600_000;
  const tokens = createTokens({ keys: secretKeys(JWT_SECRET), ttlMs, nowMs: () => Date.now() });
  const sessions = Array.from({ length: count }, () => ({
    sessionId: newId(),
    userId: newId(),
    role: 'buyer' as const,
  }));
  await createSessionStore(pool, { tokenTtlMs: ttlMs, refreshTtlMs: ttlMs }).openMany(sessions);
  return sessions.map(({ sessionId, ...caller }) => `Bearer ${tokens.sign(caller, sessionId)}`);
}

export async function startContestant(
  contestant: Contestant,
  env: Record<string, string>,
): Promise<{ origin: string; child: ChildProcess }> {
  const child = fork(new URL(contestant.script, import.meta.url), {
    execArgv: SERVER_NODE_FLAGS,
    env: { ...process.env, JWT_SECRET, LOG_LEVEL: 'warn', ...env, ...contestant.env },
  });
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`${contestant.name} exited with ${code} before it listened`);
    }),
  ]);
  return { origin: (message as { url: string }).url, child };
}
