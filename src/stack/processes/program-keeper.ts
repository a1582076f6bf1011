import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { hasExited } from './fork-script.ts';

/**
 * A process that keeps one external program at a time: starts it when ordered to, and stops it when told to, or when
 * the process that ordered it is gone, by whatever death. Nobody else has to remember.
 *
 * In:  `ProgramOrder` messages, one after the end of the other, and at any time the message `stop`.
 * Out: for each order a `ready` (unless the program runs to its end) and an `ended`.
 */
export interface ProgramOrder {
  file: string;
  args: string[];
  cwd: string;
  /** Absent: this process's own. */
  env?: Record<string, string>;
  /** Absent: whoever runs this process. */
  runAs?: { uid: number; gid: number };
  /** What it prints once it can be used. Absent: it is not a server, it runs to its end. */
  readyWhen?: string;
  /** Gets all that it prints. */
  logFile: string;
  stopSignal: NodeJS.Signals;
  /** Folder that nobody else is left to remove when this process finds itself orphaned. */
  orphanedFolder?: string;
}

export type ProgramReport =
  | { type: 'ready'; pid: number }
  /** `output` is the end of what it printed. */
  | { type: 'ended'; ok: boolean; why: string; output: string };

const OUTPUT_LENGTH_MAX = 4_000;
/** A program that does not stop when asked gets no longer. */
const STOP_TIMEOUT_MS = 10_000;

let order: ProgramOrder | undefined;
let running: ChildProcess | undefined;
let ending = false;

// The terminal's Ctrl-C is for whoever ordered the program; told or orphaned, the keeper ends by itself.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => void end());
process.on('SIGHUP', () => void end());
process.on('disconnect', () => void end({ orphaned: true }));
process.on('message', (message: ProgramOrder | 'stop') => {
  if (message === 'stop') void end();
  else if (!ending) run(message);
});

function run(given: ProgramOrder): void {
  order = given;
  const { file, args, cwd, env, runAs, readyWhen } = given;
  const child = spawn(file, args, { ...runAs, cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  running = child;

  let output = '';
  let isReady = false;
  const log = openLog(given.logFile);
  const read = (chunk: Buffer) => {
    log.write(chunk);
    output += chunk;
    const readyNow = !isReady && readyWhen !== undefined && output.includes(readyWhen);
    output = output.slice(-OUTPUT_LENGTH_MAX);
    if (!readyNow) return;
    isReady = true;
    report({ type: 'ready', pid: child.pid as number });
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);

  let error: Error | undefined;
  child.once('error', (reason) => {
    error = reason;
  });
  // `close` comes after the last output, and also when there never was a process.
  child.once('close', (code, signal) => {
    log.end();
    const why = error?.message ?? `it ended with ${signal ?? `code ${code}`}`;
    report({ type: 'ended', ok: code === 0, why, output });
  });
}

/** A log that cannot be written is no reason to keep nobody. */
function openLog(path: string): WriteStream {
  const log = createWriteStream(path, { flags: 'a' });
  log.on('error', () => {});
  return log;
}

function report(message: ProgramReport): void {
  if (process.connected && !ending) process.send?.(message);
}

async function end({ orphaned = false } = {}): Promise<void> {
  if (ending) return;
  ending = true;
  if (running?.pid !== undefined && !hasExited(running)) {
    const child = running;
    const exited = once(child, 'exit');
    child.kill(order?.stopSignal);
    const overdue = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(overdue);
  }
  if (orphaned && order?.orphanedFolder !== undefined) {
    // Nobody is left to be told; and keepers of other programs remove the same folder.
    await rm(order.orphanedFolder, { recursive: true, force: true, maxRetries: 10 }).catch(
      () => {},
    );
  }
  process.exit();
}
