import { randomBytes } from 'node:crypto';
import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createProgram, type Program } from '../processes/program.ts';
import type { Resource } from '../resource.ts';
import { findPostgres, type PostgresBinaries } from './postgres-binaries.ts';

export interface PostgresServer extends Program {
  /** URL of the administrator's database. */
  url: string;
}

/** A locale and a time zone that do not depend on the user's. */
const ENV = { LC_ALL: 'C', TZ: 'UTC' };

/**
 * A PostgreSQL of our own on a free loopback port, with an empty data folder below `folder`. It is as durable as any
 * other: fsync is on.
 */
export function createPostgres(options: {
  /** The run's folder; the data are written to a subfolder. */
  folder: string;
  keepData?: boolean;
  /** Called with the reason when PostgreSQL ends although this process did not end it. */
  onDeath?(why: string): void;
}): Resource<PostgresServer> {
  const { folder, keepData = false } = options;
  const home = join(folder, 'postgresql');
  const data = join(home, 'data');
  const passwordFile = join(home, 'password');
  const password = randomBytes(16).toString('hex');
  let binaries: PostgresBinaries;

  const program = createProgram({
    name: 'PostgreSQL',
    folder,
    folderName: 'postgresql',
    keepData,
    async prepare() {
      binaries = await findPostgres();
      const { initdb, runAs } = binaries;
      await mkdir(data);
      await writeFile(passwordFile, password, { mode: 0o600 });
      if (runAs) {
        await chown(data, runAs.uid, runAs.gid);
        await chown(passwordFile, runAs.uid, runAs.gid);
      }
      return { file: initdb, args: initdbArgs(data, passwordFile), env: ENV, runAs };
    },
    async serve(port) {
      await rm(passwordFile, { force: true });
      const { postgres, runAs } = binaries;
      return { file: postgres, args: postgresArgs(data, port), env: ENV, runAs };
    },
    readyWhen: 'ready to accept connections',
    portTakenWhen: 'Address already in use',
    // SIGINT is the fast shutdown, which ends sessions and leaves the data complete. Data that are thrown away need not
    // be.
    stopSignal: keepData ? 'SIGINT' : 'SIGQUIT',
    // SIGQUIT is the immediate shutdown: a crash that also ends the worker processes.
    killSignal: 'SIGQUIT',
    // Beside the line with the error, initdb and postgres print lines about their clean-up.
    isComplaint: (line) => /error|fatal|panic/i.test(line),
    next: 'run flashsale-cli doctor, or set DATABASE_URL to a PostgreSQL you have',
    onDeath: options.onDeath,
  });

  return {
    name: 'PostgreSQL',
    async start() {
      const server = await program.start();
      return {
        ...server,
        url: `postgres://flashsale:${password}@127.0.0.1:${server.port}/postgres`,
      };
    },
    stop: () => program.stop(),
  };
}

const initdbArgs = (data: string, passwordFile: string): string[] => [
  `--pgdata=${data}`,
  '--username=flashsale',
  `--pwfile=${passwordFile}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--no-instructions',
  // Syncing an empty cluster to disk protects nothing.
  '--no-sync',
];

const postgresArgs = (data: string, port: number): string[] => [
  ...['-D', data, '-h', '127.0.0.1', '-p', String(port)],
  ...['-c', 'unix_socket_directories='],
  ...['-c', 'max_connections=300'],
  ...['-c', 'shared_buffers=256MB'],
  ...['-c', 'max_wal_size=4GB'],
];
