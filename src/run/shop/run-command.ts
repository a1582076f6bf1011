import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { count } from '../../kernel/wording.ts';
import type { CommandLine } from './command-line.ts';

/** Output on stderr that is kept for an error. */
const STDERR_LENGTH_MAX = 4_096;

/**
 * Runs a command in the shell and hands its output to `read`. The command and all its children are ended when the time is
 * over, when `signal` aborts, and when `read` has stopped reading.
 *
 * Rejects when the command fails: with its exit code and the first line that it printed on stderr.
 */
export async function runCommand<Result>(
  { text, env }: CommandLine,
  options: {
    env: Record<string, string | undefined>;
    timeoutMs: number;
    signal: AbortSignal;
    /** Folder in which it runs; absent: that of this process. */
    cwd?: string;
  },
  read: (stdout: Readable) => Promise<Result>,
): Promise<Result> {
  options.signal.throwIfAborted();
  const child = spawn('sh', ['-c', text], {
    env: { ...options.env, ...env },
    cwd: options.cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Leads a group of its own, which can be ended as a whole.
    detached: true,
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    if (stderr.length < STDERR_LENGTH_MAX) stderr += chunk;
  });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  let isLate = false;
  const end = (): void => endGroup(child.pid);
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, options.timeoutMs);
  options.signal.addEventListener('abort', end, { once: true });

  let hasRead = false;
  try {
    const reading = read(child.stdout).finally(() => {
      hasRead = true;
      // A reader that gave up early leaves a command that would wait for somebody to read on.
      child.stdout.resume();
    });
    const [result, { code, signal }] = await Promise.all([
      reading.then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      ),
      ended,
    ]);
    options.signal.throwIfAborted();
    if (isLate)
      throw new Error(`it did not end within ${count(options.timeoutMs / 1_000, 'second')}`);
    if (code !== 0) throw new Error(describeEnd(code, signal, stderr));
    if ('error' in result) throw result.error;
    return result.value;
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', end);
    if (!hasRead) end();
  }
}

function describeEnd(code: number | null, signal: string | null, stderr: string): string {
  const how = code === null ? `was ended by ${signal}` : `ended with exit code ${code}`;
  const line = stderr.split('\n').find((text) => text.trim() !== '');
  return line === undefined ? `it ${how}` : `it ${how}: ${line.trim()}`;
}

/** Ends a process and its children. They may have ended by themselves. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}
