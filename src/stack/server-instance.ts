import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../kernel/errors.ts';
import type { Resource } from './resource.ts';
import { forkScript } from './script.ts';

export type InstanceEvent = { name: string; url: string } & (
  | { type: 'died'; why: string }
  | { type: 'restarted' }
  | { type: 'gave_up'; why: string }
);

/** What a server process tells over its IPC channel. */
type ServerMessage =
  | { type: 'listening'; url: string; pid: number }
  | { type: 'failed'; what: string; why: string; next: string };

/** An instance that keeps dying is a finding, not something to hide behind restarts. */
const RESTARTS_MAX = 5;
const DRAIN_TIMEOUT_MS = 2_000;

/**
 * One instance of the reference server as a process of its own. Starting answers with its base URL once it is ready for
 * traffic. An instance that dies is started again on the same port, as any process manager would.
 */
export function createServerInstance(options: {
  name: string;
  env: Record<string, string>;
  /** 0: any free one. */
  port: number;
  logFile: string;
  onEvent(event: InstanceEvent): void;
}): Resource<string> {
  const { name, onEvent } = options;
  let child: ChildProcess | undefined;
  let log: FileHandle | undefined;
  let port = options.port;
  let restarts = 0;
  let stopped = false;

  async function launch(): Promise<string> {
    const process = forkScript('server/main.ts', {
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
    process.once('exit', (code, signal) => {
      if (stopped) return;
      onEvent({ name, url: message.url, type: 'died', why: signal ?? `exit code ${code}` });
      void relaunch(message.url);
    });
    port = Number(new URL(message.url).port);
    await untilReady(message.url);
    return message.url;
  }

  async function relaunch(url: string): Promise<void> {
    restarts += 1;
    try {
      if (restarts > RESTARTS_MAX) throw new Error(`it died ${restarts} times`);
      await launch();
      onEvent({ name, url, type: 'restarted' });
    } catch (error) {
      if (!stopped) onEvent({ name, url, type: 'gave_up', why: (error as Error).message });
    }
  }

  /** The process listens; ready is when it also reaches its database. */
  async function untilReady(url: string): Promise<void> {
    for (let tries = 0; tries < 100 && !stopped; tries += 1) {
      const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
      if (answer?.ok) return;
      await delay(50);
    }
    if (stopped) return;
    throw UserError.environment(`${name} did not become ready`, {
      why: `${url}/health/ready never answered 200`,
      next: `run with --keep and look into ${options.logFile}`,
    });
  }

  return {
    name,
    async start() {
      log = await open(options.logFile, 'a');
      return launch();
    },
    async stop() {
      stopped = true;
      const process = child;
      if (process !== undefined && process.exitCode === null && process.signalCode === null) {
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
