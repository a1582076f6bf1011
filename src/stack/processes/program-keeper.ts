import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { hasExited } from './fork-script.ts';

/**
 * The keeper: a process that runs one foreign program at a time. It starts the program when it gets an order, and stops
 * it when it gets the message `stop`, or when the process that sent the order is gone, even by `kill -9`.
 *
 * In:  `ProgramOrder` messages, each after the program of the last one has ended, and at any time the message `stop`.
 * Out: for each order a `ready` (unless the program runs to its end) and an `ended`.
 */
export interface ProgramOrder {
  file: string;
  args: string[];
  cwd: string;
  /** Absent: the environment of the keeper. */
  env?: Record<string, string>;
  /** Absent: the user of the keeper. */
  runAs?: { uid: number; gid: number };
  /** Text that the program prints once it can be used. Absent: the program is no server and runs to its end. */
  readyWhen?: string;
  /** File that gets the program's output. */
  logFile: string;
  stopSignal: NodeJS.Signals;
  /** True: the program leads a group of processes of its own, which is ended as a whole, as a shell needs. */
  isGroup?: boolean;
  /** Folder that an orphaned keeper removes, because no other process is left to do so. */
  orphanedFolder?: string;
}

export type ProgramReport =
  | { type: 'ready'; pid: number }
  /** `output` is the end of the program's output. */
  | { type: 'ended'; ok: boolean; why: string; output: string };

const OUTPUT_LENGTH_MAX = 4_000;
/** A program that has not stopped after this time is killed. */
const STOP_TIMEOUT_MS = 10_000;

let order: ProgramOrder | undefined;
let running: ChildProcess | undefined;
/** True when nobody is left who has the output of the program that runs. */
let isClosed = false;
let ending = false;

// Ctrl-C in a terminal is meant for the process that sent the order; that process stops the keeper if it wants to.
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
  const { file, args, cwd, env, runAs, readyWhen, isGroup = false } = given;
  const child = spawn(file, args, {
    ...{ ...runAs, cwd, env, detached: isGroup },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running = child;
  isClosed = false;

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
  // `close` comes after the last output, and also if the process could not be started.
  child.once('close', (code, signal) => {
    isClosed = true;
    log.end();
    const why = error?.message ?? `it ended with ${signal ?? `code ${code}`}`;
    report({ type: 'ended', ok: code === 0, why, output });
  });
}

/** Opens the log. The program runs even if its log cannot be written. */
function openLog(path: string): WriteStream {
  const log = createWriteStream(path, { flags: 'a' });
  log.on('error', () => {});
  return log;
}

function report(message: ProgramReport): void {
  if (process.connected && !ending) process.send?.(message);
}

/** Sends a signal to the program, or to its group. */
function send(child: ChildProcess, signal: NodeJS.Signals | undefined): void {
  if (order?.isGroup !== true) {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-(child.pid as number), signal);
  } catch {
    // Nobody is left.
  }
}

async function end({ orphaned = false } = {}): Promise<void> {
  if (ending) return;
  ending = true;
  const child = running;
  if (child?.pid !== undefined && (order?.isGroup ? !isClosed : !hasExited(child))) {
    const ended = once(child, order?.isGroup ? 'close' : 'exit');
    send(child, order?.stopSignal);
    const overdue = setTimeout(() => send(child, 'SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(overdue);
  }
  if (orphaned && order?.orphanedFolder !== undefined) {
    // Keepers of other programs remove the same folder at the same time, and there is no process left to report a
    // failure to.
    await rm(order.orphanedFolder, { recursive: true, force: true, maxRetries: 10 }).catch(
      () => {},
    );
  }
  process.exit();
}
