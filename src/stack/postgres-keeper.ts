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
 * In:  a `KeeperOrder` message, later the message `stop`.
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

/** What runs at the moment: initdb first, then the server. */
let running: ChildProcess | undefined;
let ending = false;
let lastLines = '';

// The terminal's Ctrl-C is for whoever asked; told or orphaned, the keeper ends by itself.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => void end());
process.on('SIGHUP', () => void end());
process.on('disconnect', () => void end({ orphaned: true }));

const [order] = (await once(process, 'message')) as [KeeperOrder];
const home = join(order.folder, 'postgresql');
const data = join(home, 'data');
process.on('message', (message) => {
  if (message === 'stop') void end();
});

try {
  const binaries = await findPostgres();
  await initialise(binaries);
  const port = await start(binaries);
  report({ type: 'ready', port, pid: running?.pid as number });
} catch (error) {
  const failure =
    error instanceof UserError
      ? { what: error.message, why: error.why, next: error.next }
      : {
          what: 'PostgreSQL did not start',
          why: `${rootMessage(error)}${lastLines ? `: ${lastLines.trim().split('\n').slice(-2).join(' ')}` : ''}`,
          next: 'run flashsale-cli doctor, or set DATABASE_URL to a PostgreSQL you have',
        };
  report({ type: 'failed', ...failure });
  await end();
}

function report(message: KeeperReport): void {
  if (process.connected) process.send?.(message);
}

async function initialise({ initdb, runAs }: PostgresBinaries): Promise<void> {
  await mkdir(data, { recursive: true });
  const passwordFile = join(home, 'password');
  await writeFile(passwordFile, order.password, { mode: 0o600 });
  if (runAs) {
    await chown(data, runAs.uid, runAs.gid);
    await chown(passwordFile, runAs.uid, runAs.gid);
  }
  const child = run(
    initdb,
    [
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
    runAs,
  );
  const [code, signal] = await once(child, 'exit');
  await rm(passwordFile, { force: true });
  if (code !== 0) throw new Error(`initdb ended with ${signal ?? `code ${code}`}`);
}

/** The folder is ours alone, but the port is anybody's: a port taken in the meantime is tried again with another. */
async function start({ postgres, runAs }: PostgresBinaries): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const port = await findFreePort();
    lastLines = '';
    const child = run(
      postgres,
      [
        ...['-D', data, '-h', '127.0.0.1', '-p', String(port)],
        ...['-c', 'unix_socket_directories='],
        ...['-c', 'max_connections=300'],
        ...['-c', 'shared_buffers=256MB'],
        ...['-c', 'max_wal_size=4GB'],
      ],
      runAs,
    );
    const exited = once(child, 'exit');
    const ready = new Promise<'ready'>((resolve) => {
      child.stderr?.on('data', (chunk: Buffer) => {
        if (chunk.includes('ready to accept connections')) resolve('ready');
      });
    });
    if ((await Promise.race([ready, exited])) === 'ready') {
      child.once('exit', (code, signal) => {
        if (ending) return;
        report({ type: 'died', why: `PostgreSQL ended with ${signal ?? `code ${code}`}` });
        void end();
      });
      return port;
    }
    if (tries === 3 || !lastLines.includes('in use')) throw new Error('postgres ended at once');
  }
}

function run(program: string, args: string[], runAs: PostgresBinaries['runAs']): ChildProcess {
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

async function end({ orphaned = false } = {}): Promise<void> {
  if (ending) return;
  ending = true;
  if (running !== undefined && running.exitCode === null && running.signalCode === null) {
    const exited = once(running, 'exit');
    // SIGINT is PostgreSQL's fast shutdown: sessions end, the data stays whole. Nobody needs that of data thrown away.
    running.kill(order.keepData ? 'SIGINT' : 'SIGQUIT');
    await exited;
  }
  if (!order.keepData) {
    await rm(orphaned ? order.folder : home, { recursive: true, force: true, maxRetries: 5 });
  }
  process.exit();
}
