import { execFile, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rootMessage, UserError } from '../../src/kernel/errors.ts';
import { waitForAnswers } from '../../src/run/shop/health.ts';
import { type NamedTargetFile, readTargetFile } from '../../src/target/file/read-target-file.ts';
import type { CliContext } from '../context.ts';

const run = promisify(execFile);

const READY_WITHIN_MS = 60_000;
/** A server that has not ended after this time is killed. */
const END_WITHIN_MS = 10_000;

/** The server of one revision. */
interface Revision {
  name: string;
  /** Has its server run while `work` does. */
  during<Result>(work: () => Promise<Result>): Promise<Result>;
}

export interface RevisionsOrder {
  names: string[];
  /** Starts the server, in a shell and in the folder of the revision. */
  start: string;
  /** Run once before, in the same place. */
  prepare: string | undefined;
  /** The target file of the server. */
  path: string;
}

/**
 * Copies each revision of the git repository into a folder of its own, and prepares it. `close` removes the folders.
 *
 * @throws UserError when git does not know a revision, or preparing one fails
 */
export async function openRevisions(
  { names, start, prepare, path }: RevisionsOrder,
  { cwd, env, stderr }: CliContext,
): Promise<{ revisions: Revision[]; close(): Promise<void> }> {
  const file = await readTargetFile(path, env);
  const folder = await mkdtemp(join(tmpdir(), 'flashsale-revisions-'));
  const copies = names.map((_, place) => join(folder, String(place)));
  const close = async (): Promise<void> => {
    for (const copy of copies) {
      await run('git', ['worktree', 'remove', '--force', copy], { cwd }).catch(() => {});
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    for (const [place, name] of names.entries()) {
      const copy = copies[place] as string;
      stderr.write(`${name}: ${prepare === undefined ? 'copying' : 'copying and preparing'}\n`);
      await addWorktree(name, copy, cwd);
      if (prepare !== undefined) await prepareIn(copy, prepare, name);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    revisions: names.map((name, place) => ({
      name,
      during: (work) => whileServing({ name, start, file, copy: copies[place] as string }, work),
    })),
    close,
  };
}

async function addWorktree(name: string, copy: string, cwd: string): Promise<void> {
  try {
    await run('git', ['worktree', 'add', '--detach', copy, name], { cwd });
  } catch (cause) {
    throw UserError.usage(`the revision ${name} cannot be had`, {
      why: lastLine((cause as { stderr?: string }).stderr ?? rootMessage(cause)),
      next: 'name revisions that git log shows, in the folder of the repository',
      cause,
    });
  }
}

async function prepareIn(copy: string, command: string, name: string): Promise<void> {
  try {
    await run('sh', ['-c', command], { cwd: copy, maxBuffer: 64 * 1024 * 1024 });
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string };
    throw UserError.environment(`${name} cannot be prepared`, {
      why: lastLine(stderr) || rootMessage(cause),
      next: `try it in a copy of ${name}: ${command}`,
      cause,
    });
  }
}

async function whileServing<Result>(
  { name, start, file, copy }: { name: string; start: string; file: NamedTargetFile; copy: string },
  work: () => Promise<Result>,
): Promise<Result> {
  const logFile = `${copy}.log`;
  const child = spawn('sh', ['-c', start], {
    cwd: copy,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Leads a group of its own, which can be ended as a whole.
    detached: true,
  });
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const gone = new AbortController();
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  }).finally(() => gone.abort(new Error('it ended')));
  try {
    await waitForAnswers(file, {
      ...{ withinMs: READY_WITHIN_MS, signal: gone.signal },
      onWaiting() {},
    });
    return await work();
  } catch (error) {
    if (!gone.signal.aborted) throw error;
    throw UserError.environment(`the server of ${name} ended`, {
      why: lastLine(await readFile(logFile, 'utf8')) || 'it said nothing',
      next: `try it in a copy of ${name}: ${start}`,
      cause: error,
    });
  } finally {
    endGroup(child.pid, 'SIGTERM');
    const overdue = setTimeout(() => endGroup(child.pid, 'SIGKILL'), END_WITHIN_MS);
    await ended;
    clearTimeout(overdue);
    log.end();
  }
}

/** A process and its children, which may have ended by themselves. */
function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left.
  }
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
