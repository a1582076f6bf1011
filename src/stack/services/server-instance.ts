import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../../kernel/errors.ts';
import { forkScript, hasExited } from '../processes/fork-script.ts';
import type { Resource } from '../resource.ts';

/**
 * Thousands of requests a second fill the young generation faster than they end; room for twice as many spares copying
 * those under way again and again, 5 % of what a server does.
 */
export const SERVER_NODE_FLAGS = ['--max-semi-space-size=32'];

export type InstanceEvent = { name: string; url: string } & (
  | { type: 'died'; why: string }
  | { type: 'restarted' }
  | { type: 'gave_up'; why: string }
);

/** An instance that runs. */
export interface ServerInstance {
  name: string;
  url: string;
  /** Ends it as a crash would; it comes back by itself. */
  kill(): Promise<void>;
}

/** What a server process tells over its IPC channel. */
type ServerMessage =
  | { type: 'listening'; url: string; pid: number }
  | { type: 'failed'; what: string; why: string; next: string };

/** An instance that keeps dying is a finding, not something to hide behind restarts. */
const RESTARTS_MAX = 5;
const DRAIN_TIMEOUT_MS = 2_000;
const READY_TIMEOUT_MS = 15_000;
const READY_POLL_MS = 50;

/**
 * One instance of the reference server as a process of its own. Starting resolves once it is ready for traffic. An instance that dies is started again on the same port, as any process manager would.
 */
export function createServerInstance(options: {
  name: string;
  /** The program; absent: the reference server. */
  script?: string;
  env: Record<string, string>;
  /** 0: any free one. */
  port: number;
  logFile: string;
  onEvent(event: InstanceEvent): void;
}): Resource<ServerInstance> {
  const { name, onEvent } = options;
  let child: ChildProcess | undefined;
  let log: FileHandle | undefined;
  let port = options.port;
  let stopped = false;
  /** Times it died because somebody here wanted it to. */
  let kills = 0;

  /** Starts the process and waits until it listens. */
  async function launch(): Promise<string> {
    if (stopped) throw new Error(`${name} was stopped`);
    const process = forkScript(options.script ?? 'server/main.ts', {
      execArgv: SERVER_NODE_FLAGS,
      env: {
        ...options.env,
        PORT: String(port),
        INSTANCE: name,
        DRAIN_TIMEOUT_MS: String(DRAIN_TIMEOUT_MS),
      },
      stdio: ['ignore', log?.fd ?? 'ignore', log?.fd ?? 'ignore', 'ipc'],
    });
    child = process;
    const message = await Promise.race([
      once(process, 'message').then(([message]) => message as ServerMessage),
      once(process, 'exit').then(
        ([code, signal]): ServerMessage => ({
          type: 'failed',
          what: `${name} did not start`,
          why: `its process ended with ${signal ?? `code ${code}`}`,
          next: `run with --keep and look into ${options.logFile}`,
        }),
      ),
    ]);
    if (message.type === 'failed') throw UserError.environment(message.what, message);
    const { url } = message;
    port = Number(new URL(url).port);
    await untilReady(url, process);
    return url;
  }

  /** The process listens; ready is when it also reaches its database. */
  async function untilReady(url: string, process: ChildProcess): Promise<void> {
    const deadline = performance.now() + READY_TIMEOUT_MS;
    while (performance.now() < deadline && !hasExited(process)) {
      if (await isReady(url)) return;
      await delay(READY_POLL_MS);
    }
    const why = hasExited(process) ? 'it died first' : `${url}/health/ready never answered 200`;
    process.kill('SIGKILL');
    throw UserError.environment(`${name} did not become ready`, {
      why,
      next: `run with --keep and look into ${options.logFile}`,
    });
  }

  /** Brings it back whenever it dies, until it was stopped or died too often. */
  async function watch(url: string): Promise<void> {
    for (let restarts = 0; ; restarts += 1) {
      const why = await death(child as ChildProcess);
      if (stopped) return;
      if (restarts - kills === RESTARTS_MAX) {
        onEvent({
          name,
          url,
          type: 'gave_up',
          why: `it died ${restarts + 1 - kills} times (${why})`,
        });
        return;
      }
      onEvent({ name, url, type: 'died', why });
      const isBack = await launch().then(
        () => true,
        () => false,
      );
      if (isBack) onEvent({ name, url, type: 'restarted' });
    }
  }

  return {
    name,
    async start() {
      log = await open(options.logFile, 'a');
      const url = await launch();
      void watch(url);
      return {
        name,
        url,
        async kill() {
          const process = child as ChildProcess;
          if (hasExited(process)) return;
          kills += 1;
          process.kill('SIGKILL');
          await death(process);
        },
      };
    },
    async stop() {
      stopped = true;
      if (child !== undefined && !hasExited(child)) {
        const process = child;
        const exited = once(process, 'exit');
        process.kill('SIGTERM');
        const overdue = setTimeout(() => process.kill('SIGKILL'), DRAIN_TIMEOUT_MS + 2_000);
        await exited;
        clearTimeout(overdue);
      }
      await log?.close();
      log = undefined;
    },
  };
}

/** Resolves with the reason when the process ends; at once when it has. */
async function death(process: ChildProcess): Promise<string> {
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
