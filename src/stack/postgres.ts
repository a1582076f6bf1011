import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { UserError } from '../kernel/errors.ts';
import type { KeeperOrder, KeeperReport } from './postgres-keeper.ts';
import type { Resource } from './resource.ts';
import { forkScript } from './script.ts';

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
        once(child, 'exit').then(([code]) => unexpected(`its keeper ended with code ${code}`)),
      ]);
      if (report.type !== 'ready') {
        await this.stop();
        throw report.type === 'failed'
          ? UserError.environment(report.what, { why: report.why, next: report.next })
          : unexpected(report.why);
      }
      child.on('message', (message: KeeperReport) => {
        if (message.type === 'died') options.onDeath?.(message.why);
      });
      return `postgres://flashsale:${password}@127.0.0.1:${report.port}/postgres`;
    },
    async stop() {
      const child = keeper;
      keeper = undefined;
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      if (child.connected) child.send('stop', () => {});
      await exited;
    },
  };
}

function unexpected(why: string): never {
  throw UserError.environment('PostgreSQL did not start', {
    why,
    next: 'run flashsale-cli doctor, or set DATABASE_URL to a PostgreSQL you have',
  });
}
