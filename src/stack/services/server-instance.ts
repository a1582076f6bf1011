import type { ChildProcess } from 'node:child_process';
import { type FileHandle, open } from 'node:fs/promises';
import { hasExited } from '../processes/fork-script.ts';
import type { Resource } from '../resource.ts';
import {
  deathOf,
  forkServer,
  type ServerEnvironment,
  stopServer,
  untilReady,
} from './server-process.ts';

export type InstanceEvent = { name: string; url: string } & (
  | { type: 'died'; why: string }
  | { type: 'restarted' }
  | { type: 'gave_up'; why: string }
);

/** A running instance. */
export interface ServerInstance {
  name: string;
  url: string;
  /** Ends the instance as a crash would; it is restarted. */
  kill(): Promise<void>;
  /** Stops the instance in the middle of what it does, and answers with how to let it go on. */
  pause(): () => Promise<void>;
}

/** An instance that dies more often stays down: repeated crashes are a finding that restarts must not hide. */
const RESTARTS_MAX = 5;

/**
 * One instance of the reference server as a process of its own. Starting resolves when the instance is ready for
 * traffic. An instance that dies is started again on the same port, as any process manager would do.
 */
export function createServerInstance(options: {
  name: string;
  /** Path of the program; absent: the reference server. */
  script?: string;
  env: ServerEnvironment;
  /** Port to listen on; 0: a free one. */
  port: number;
  logFile: string;
  onEvent(event: InstanceEvent): void;
}): Resource<ServerInstance> {
  const { name, script = 'server/main.ts', env, onEvent } = options;
  // The start reports it, which may have to wait for something else first.
  if (env instanceof Promise) env.catch(() => {});
  let child: ChildProcess | undefined;
  let log: FileHandle | undefined;
  let port = options.port;
  let stopped = false;
  /** Number of deaths that `kill` caused. */
  let kills = 0;

  async function launch(): Promise<string> {
    if (stopped) throw new Error(`${name} was stopped`);
    child = forkServer({ name, script, env, port, log: log?.fd });
    const [url] = await Promise.all([untilReady(child, options), env]);
    port = Number(new URL(url).port);
    return url;
  }

  /** Restarts the instance each time it dies, until it is stopped or has died too often. */
  async function superviseInstance(url: string): Promise<void> {
    for (let restarts = 0; ; restarts += 1) {
      const why = await deathOf(child as ChildProcess);
      if (stopped) return;
      if (restarts - kills === RESTARTS_MAX) {
        const deaths = restarts + 1 - kills;
        onEvent({ name, url, type: 'gave_up', why: `it died ${deaths} times (${why})` });
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

  async function kill(): Promise<void> {
    const process = child as ChildProcess;
    if (hasExited(process)) return;
    kills += 1;
    process.kill('SIGKILL');
    await deathOf(process);
  }

  function pause(): () => Promise<void> {
    const process = child as ChildProcess;
    process.kill('SIGSTOP');
    return async () => void process.kill('SIGCONT');
  }

  return {
    name,
    async start() {
      log = await open(options.logFile, 'a');
      const url = await launch();
      void superviseInstance(url);
      return { name, url, kill, pause };
    },
    async stop() {
      stopped = true;
      if (child !== undefined) await stopServer(child);
      await log?.close();
      log = undefined;
    },
  };
}
