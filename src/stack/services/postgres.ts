import { randomBytes } from 'node:crypto';
import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createProgram, type Program, type RunToEnd } from '../processes/program.ts';
import type { Resource } from '../resource.ts';
import { findImage, imagePlace, keepImage } from './cluster-image.ts';
import { setPassword } from './database.ts';
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
  /** The password that the administrator has in the data at first. */
  let firstPassword = password;
  let binaries: PostgresBinaries;

  /** Unpacks the image of an earlier run. Answers false if there is none that can be used. */
  async function unpackImage(place: string, run: RunToEnd): Promise<boolean> {
    const image = await findImage(place, binaries.runAs);
    if (image === undefined) return false;
    try {
      await run(image.unpackInto(data));
      firstPassword = image.password;
      return true;
    } catch {
      await image.discard();
      await rm(data, { recursive: true, force: true });
      await makeDataFolder();
      return false;
    }
  }

  async function makeDataFolder(): Promise<void> {
    const { runAs } = binaries;
    await mkdir(data, { mode: 0o700 });
    if (runAs) await chown(data, runAs.uid, runAs.gid);
  }

  async function initialize(run: RunToEnd): Promise<void> {
    const { initdb, runAs } = binaries;
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (runAs) await chown(passwordFile, runAs.uid, runAs.gid);
    await run({ file: initdb, args: initdbArgs(data, passwordFile), env: ENV, runAs });
    await rm(passwordFile, { force: true });
  }

  const program = createProgram({
    name: 'PostgreSQL',
    folder,
    folderName: 'postgresql',
    keepData,
    async prepare(run) {
      binaries = await findPostgres();
      await makeDataFolder();
      const { version } = binaries;
      const place = imagePlace([version, process.arch, ENV, initdbArgs('', '')]);
      if (await unpackImage(place, run)) return;
      await initialize(run);
      // Without an image the next run makes its data as this one did.
      await keepImage(place, { data, home, password }, run).catch(() => {});
    },
    async serve(port) {
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
      const urlWith = (secret: string) =>
        `postgres://flashsale:${secret}@127.0.0.1:${server.port}/postgres`;
      if (firstPassword !== password) await setPassword(urlWith(firstPassword), password);
      return { ...server, url: urlWith(password) };
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
