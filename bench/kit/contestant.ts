import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { secretKeys } from '../../server/accounts/keys.ts';
import { createTokens } from '../../server/accounts/tokens.ts';
import { newId } from '../../src/kernel/ids.ts';
import { SERVER_NODE_FLAGS } from '../../src/stack/services/server-process.ts';

/** A server to measure. */
export interface Contestant {
  name: string;
  /** A script that listens on a free port and sends its URL over IPC, or a program that prints it as its first line. */
  run: { script: string } | { program: string };
  env: Record<string, string>;
  /** True if it is given a Redis. */
  usesRedis?: boolean;
}

export interface RunningServer {
  origin: string;
  pid: number;
  stop(): Promise<void>;
}

const JWT_SECRET = 'a-secret-for-the-bench-that-nobody-else-uses';

/** More flags of Node for the servers, such as those of its profiler. */
const MORE_FLAGS = (process.env.BENCH_NODE_FLAGS ?? '').split(' ').filter((flag) => flag !== '');

/** Holds must outlive every round. */
const ENV = { JWT_SECRET, LOG_LEVEL: 'warn', HOLD_TTL_MS: '3600000' };

export interface Buyer {
  userId: string;
  sessionId: string;
  role: 'buyer';
  /** The value of the header `authorization`. */
  authorization: string;
}

export const BUYER_TTL_MS = 6 * 3_600_000;

/** Makes up buyers with tokens. Their sessions are still to be opened. */
export function makeBuyers(count: number): Buyer[] {
  const tokens = createTokens({
    keys: secretKeys(JWT_SECRET),
    ttlMs: BUYER_TTL_MS,
    nowMs: () => Date.now(),
  });
  return Array.from({ length: count }, () => {
    const session = { sessionId: newId(), userId: newId(), role: 'buyer' as const };
    const { sessionId, ...caller } = session;
    return { ...session, authorization: `Bearer ${tokens.sign(caller, sessionId)}` };
  });
}

export async function startServer(
  { name, run, env: own }: Contestant,
  env: Record<string, string>,
): Promise<RunningServer> {
  const childEnv = { ...process.env, ...ENV, ...env, ...own };
  const child =
    'script' in run
      ? fork(join(import.meta.dirname, run.script), {
          execArgv: [...SERVER_NODE_FLAGS, ...MORE_FLAGS],
          env: childEnv,
        })
      : spawn(run.program, { env: childEnv, stdio: ['pipe', 'pipe', 'inherit'] });
  const origin = await Promise.race([
    'script' in run ? urlSent(child) : urlPrinted(child),
    once(child, 'exit').then(([code]) => {
      throw new Error(`${name} ended with ${code} before it listened`);
    }),
  ]);
  return {
    origin,
    pid: child.pid as number,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      // Scripts end when their channel is closed, programs when their input is.
      if (child.connected) child.disconnect();
      else child.stdin?.end();
      await exited;
    },
  };
}

const urlSent = async (child: ChildProcess): Promise<string> => {
  const [message] = await once(child, 'message');
  return (message as { url: string }).url;
};

async function urlPrinted(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const [line] = await once(lines, 'line');
  return line;
}
