import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../../kernel/errors.ts';
import { forkScript, hasExited } from '../processes/fork-script.ts';

/**
 * Node's flags for a server. Thousands of requests a second fill the young generation faster than they end; with twice
 * the room fewer requests under way are copied again and again, which saves 5 % of the server's CPU time.
 */
export const SERVER_NODE_FLAGS = ['--max-semi-space-size=32'];

/** A message of a server process over its IPC channel. */
type ServerMessage =
  | { type: 'listening'; url: string; pid: number }
  | { type: 'failed'; what: string; why: string; next: string };

/**
 * The environment of a server. One that is not known yet is sent to the process when it is, so that the process loads its
 * modules meanwhile; only the reference server takes it so.
 */
export type ServerEnvironment = Record<string, string> | Promise<Record<string, string>>;

export const DRAIN_TIMEOUT_MS = 2_000;
const READY_TIMEOUT_MS = 15_000;
const READY_POLL_MS = 50;

/** Starts a server process; `untilReady` waits for it. */
export function forkServer(options: {
  name: string;
  script: string;
  env: ServerEnvironment;
  port: number;
  /** File descriptor of the log. */
  log: number | undefined;
}): ChildProcess {
  const { name, script, env, port, log = 'ignore' } = options;
  const isKnown = !(env instanceof Promise);
  const child = forkScript(script, {
    execArgv: SERVER_NODE_FLAGS,
    env: {
      ...(isKnown ? env : { MORE_SETTINGS: 'by-message' }),
      PORT: String(port),
      INSTANCE: name,
      DRAIN_TIMEOUT_MS: String(DRAIN_TIMEOUT_MS),
    },
    stdio: ['ignore', log, log, 'ipc'],
  });
  // A process that has ended takes no message, and its end is noticed elsewhere.
  if (!isKnown) env.then((known) => child.send(known, () => {})).catch(() => {});
  return child;
}

/**
 * Waits until a server process listens and reaches its database. Answers with its base URL.
 *
 * @throws UserError (environment) when the process ends first, or is not ready in time
 */
export async function untilReady(
  process: ChildProcess,
  { name, logFile }: { name: string; logFile: string },
): Promise<string> {
  const next = `run with --keep and look into ${logFile}`;
  const message = await Promise.race([
    once(process, 'message').then(([message]) => message as ServerMessage),
    once(process, 'exit').then(([code, signal]): ServerMessage => {
      const why = `its process ended with ${signal ?? `code ${code}`}`;
      return { type: 'failed', what: `${name} did not start`, why, next };
    }),
  ]);
  if (message.type === 'failed') throw UserError.environment(message.what, message);
  const { url } = message;
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline && !hasExited(process)) {
    if (await isReady(url)) return url;
    await delay(READY_POLL_MS);
  }
  const why = hasExited(process) ? 'it died first' : `${url}/health/ready never answered 200`;
  process.kill('SIGKILL');
  throw UserError.environment(`${name} did not become ready`, { why, next });
}

/** Stops a server process: it drains, and is killed if that takes too long. */
export async function stopServer(process: ChildProcess): Promise<void> {
  if (hasExited(process)) return;
  const exited = once(process, 'exit');
  process.kill('SIGTERM');
  const overdue = setTimeout(() => process.kill('SIGKILL'), DRAIN_TIMEOUT_MS + 2_000);
  await exited;
  clearTimeout(overdue);
}

/** Resolves with the reason when the process ends, at once if it has ended. */
export async function deathOf(process: ChildProcess): Promise<string> {
  if (!hasExited(process)) await once(process, 'exit');
  return process.signalCode ?? `exit code ${process.exitCode}`;
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(1_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
