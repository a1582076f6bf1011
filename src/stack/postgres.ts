import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { UserError } from '../kernel/errors.ts';
import type { KeeperOrder, KeeperReport } from './postgres-keeper.ts';
import type { Resource } from './resource.ts';
import { forkScript, hasExited } from './script.ts';

/**
 * A PostgreSQL of our own on a free loopback port, with an empty data folder below `folder`; durable like any other
 * (fsync on). Starting gives the URL of its administrator's database.
 */
export function createPostgres(options: {
  folder: string;
  keepData?: boolean;
  /** Told when PostgreSQL ends although nobody stopped it. */
  onDeath?(why: string): void;
}): Resource<string> {
  let keeper: ChildProcess | undefined;
  let stopped = false;

  return {
    name: 'PostgreSQL',
    async start() {
      const password = randomBytes(16).toString('hex');
      const order: KeeperOrder = {
        folder: options.folder,
        password,
        keepData: options.keepData ?? false,
      };
      const child = forkScript('src/stack/postgres-keeper.ts', {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      keeper = child;
      child.send(order);
      const report = await Promise.race([
        once(child, 'message').then(([message]) => message as KeeperReport),
        once(child, 'exit').then(
          ([code, signal]): KeeperReport => ({
            type: 'died',
            why: stopped ? 'it was stopped' : `its keeper ended with ${signal ?? `code ${code}`}`,
          }),
        ),
      ]);
      if (report.type === 'failed') throw UserError.environment(report.what, report);
      if (report.type === 'died') throw didNotStart(report.why);

      child.on('message', (message: KeeperReport) => {
        if (message.type === 'died') options.onDeath?.(message.why);
      });
      child.once('exit', (code, signal) => {
        // A keeper only exits unasked when somebody kills it, and then nobody is left to stop its PostgreSQL.
        if (stopped || code === 0) return;
        kill(report.pid);
        options.onDeath?.(`its keeper ended with ${signal ?? `code ${code}`}`);
      });
      return `postgres://flashsale:${password}@127.0.0.1:${report.port}/postgres`;
    },
    async stop() {
      stopped = true;
      if (keeper === undefined || hasExited(keeper)) return;
      const exited = once(keeper, 'exit');
      if (keeper.connected) keeper.send('stop', () => {});
      await exited;
    },
  };
}

const didNotStart = (why: string): UserError =>
  UserError.environment('PostgreSQL did not start', {
    why,
    next: 'run flashsale-cli doctor, or set DATABASE_URL to a PostgreSQL you have',
  });

/** SIGQUIT is PostgreSQL's immediate shutdown, which takes its worker processes along. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGQUIT');
  } catch {
    // It is gone already.
  }
}
