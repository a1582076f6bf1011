import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootMessage, UserError } from '../kernel/errors.ts';
import { findFreePort } from './free-port.ts';
import { findPostgres, type PostgresBinaries } from './postgres-binaries.ts';

/**
 * A process that keeps one PostgreSQL: makes its data folder, starts it, and stops it and removes the folder when told
 * to, or when the process that asked for it is gone, by whatever death. Nobody else has to remember.
 *
 * In:  a `KeeperOrder` message, then or at any time later the message `stop`.
 * Out: `KeeperReport` messages.
 */
export interface KeeperOrder {
  /** The run's folder. The data goes into a folder of its own below; an orphaned keeper removes both. */
  folder: string;
  password: string;
  keepData: boolean;
}

export type KeeperReport =
  | { type: 'ready'; port: number; pid: number }
  | { type: 'failed'; what: string; why: string; next: string }
  | { type: 'died'; why: string };

let order: KeeperOrder | undefined;
/** What runs at the moment: initdb first, then the server. */
let running: ChildProcess | undefined;
/** The end of what it printed. */
let lastLines = '';
let ending = false;

// The terminal's Ctrl-C is for whoever asked; told or orphaned, the keeper ends by itself.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => void end());
process.on('SIGHUP', () => void end());
process.on('disconnect', () => void end({ orphaned: true }));
process.on('message', (message: KeeperOrder | 'stop') => {
  if (message === 'stop') void end();
  else void keep(message);
});

async function keep(given: KeeperOrder): Promise<void> {
  order = given;
  try {
    const binaries = await findPostgres();
    const data = join(homeOf(given), 'data');
    await initialise(data, given.password, binaries);
    const port = await start(data, binaries);
    await report({ type: 'ready', port, pid: running?.pid as number });
  } catch (error) {
    await report({ type: 'failed', ...explain(error) });
    await end();
  }
}

const homeOf = ({ folder }: KeeperOrder): string => join(folder, 'postgresql');

async function initialise(
  data: string,
  password: string,
  { initdb, runAs }: PostgresBinaries,
): Promise<void> {
  await mkdir(data, { recursive: true });
  const passwordFile = join(data, '..', 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (runAs) {
    await chown(data, runAs.uid, runAs.gid);
    await chown(passwordFile, runAs.uid, runAs.gid);
  }
  const child = run(initdb, {
    data,
    runAs,
    args: [
      `--pgdata=${data}`,
      '--username=flashsale',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-instructions',
      // Syncing an empty cluster to disk protects nothing.
      '--no-sync',
    ],
  });
  const [code, signal] = await once(child, 'exit');
  await rm(passwordFile, { force: true });
  if (code !== 0) throw new Error(`initdb ended with ${signal ?? `code ${code}`}`);
}

/** The folder is ours alone, but the port is anybody's: a port taken in the meantime is tried again with another. */
async function start(data: string, { postgres, runAs }: PostgresBinaries): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const port = await findFreePort();
    const child = run(postgres, {
      data,
      runAs,
      args: [
        ...['-D', data, '-h', '127.0.0.1', '-p', String(port)],
        ...['-c', 'unix_socket_directories='],
        ...['-c', 'max_connections=300'],
        ...['-c', 'shared_buffers=256MB'],
        ...['-c', 'max_wal_size=4GB'],
      ],
    });
    const exited = once(child, 'exit');
    const ready = new Promise<'ready'>((resolve) => {
      child.stderr?.on('data', () => {
        if (lastLines.includes('ready to accept connections')) resolve('ready');
      });
    });
    if ((await Promise.race([ready, exited])) === 'ready') {
      child.once('exit', (code, signal) => {
        if (ending) return;
        void report({ type: 'died', why: `PostgreSQL ended with ${signal ?? `code ${code}`}` });
        void end();
      });
      return port;
    }
    const portTaken = lastLines.includes('Address already in use');
    if (!portTaken || tries === 3) throw new Error('postgres ended at once');
  }
}

function run(
  program: string,
  { data, args, runAs }: { data: string; args: string[]; runAs: PostgresBinaries['runAs'] },
): ChildProcess {
  // Told to stop between two programs: what starts now, nobody would stop.
  if (ending) throw new Error('stopped while it started');
  lastLines = '';
  const child = spawn(program, args, {
    ...runAs,
    cwd: data,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { LC_ALL: 'C', TZ: 'UTC' },
  });
  running = child;
  const remember = (chunk: Buffer) => {
    lastLines = `${lastLines}${chunk}`.slice(-2000);
  };
  child.stdout?.on('data', remember);
  child.stderr?.on('data', remember);
  return child;
}

/** Resolves when the report is on its way, so that this process may exit. */
async function report(message: KeeperReport): Promise<void> {
  if (!process.connected) return;
  await new Promise<void>((resolve) => process.send?.(message, () => resolve()));
}

function explain(error: unknown): { what: string; why: string; next: string } {
  if (error instanceof UserError) {
    return { what: error.message, why: error.why, next: error.next };
  }
  // Around the line that matters, initdb and postgres tell what they clean up.
  const lines = lastLines.split('\n').filter((line) => /error|fatal|panic/i.test(line));
  return {
    what: 'PostgreSQL did not start',
    why: [rootMessage(error), ...lines.slice(-2)].join('; '),
    next: 'run flashsale-cli doctor, or set DATABASE_URL to a PostgreSQL you have',
  };
}

async function end({ orphaned = false } = {}): Promise<void> {
  if (ending) return;
  ending = true;
  if (order === undefined) process.exit();
  if (running !== undefined && running.exitCode === null && running.signalCode === null) {
    const exited = once(running, 'exit');
    // SIGINT is PostgreSQL's fast shutdown: sessions end, the data stays whole. Nobody needs that of data thrown away.
    running.kill(order.keepData ? 'SIGINT' : 'SIGQUIT');
    await exited;
  }
  if (!order.keepData) {
    const folder = orphaned ? order.folder : homeOf(order);
    // Nobody is left to be told; and whoever is not gone removes the run's folder as well.
    await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => {});
  }
  process.exit();
}
