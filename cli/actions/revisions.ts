import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { rootMessage, UserError } from '../../src/kernel/errors.ts';
import { waitForAnswers } from '../../src/run/shop/health.ts';
import { isStillRunning, type KnownProcess, thisProcess } from '../../src/stack/processes/birth.ts';
import { createKeeper } from '../../src/stack/processes/keeper.ts';
import { type NamedTargetFile, readTargetFile } from '../../src/target/file/read-target-file.ts';
import type { CliContext } from '../context.ts';

const run = promisify(execFile);

const READY_WITHIN_MS = 60_000;

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
  const folder = await makeCopiesFolder(cwd);
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
  // A keeper ends the server, and removes the copies, also when this process is killed with no time to do so.
  const keeper = createKeeper({ killSignal: 'SIGKILL' });
  const gone = new AbortController();
  let said = '';
  void keeper
    .run({
      ...{ file: 'sh', args: ['-c', start], cwd: copy, isGroup: true },
      ...{ logFile: `${copy}.log`, stopSignal: 'SIGTERM', orphanedFolder: dirname(copy) },
    })
    .then((report) => {
      if (report.type === 'ended') said = report.output;
      gone.abort(new Error('it ended'));
    });
  try {
    await waitForAnswers(file, {
      ...{ withinMs: READY_WITHIN_MS, signal: gone.signal },
      onWaiting() {},
    });
    return await work();
  } catch (error) {
    if (!gone.signal.aborted) throw error;
    throw UserError.environment(`the server of ${name} ended`, {
      why: lastLine(said) || 'it said nothing',
      next: `try it in a copy of ${name}: ${start}`,
      cause: error,
    });
  } finally {
    await keeper.stop();
  }
}

/** The file that names the process to which the copies belong. */
const OWNER = 'owner.json';

/** Makes a folder for copies, and removes those of comparisons that were killed with no time to tidy up. */
async function makeCopiesFolder(cwd: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'flashsale-revisions-'));
  await writeFile(join(folder, OWNER), JSON.stringify(thisProcess()));
  for (const name of await readdir(tmpdir())) {
    const other = join(tmpdir(), name);
    if (!/^flashsale-revisions-\w{6}$/.test(name) || !(await isDead(other))) continue;
    await rm(other, { recursive: true, force: true, maxRetries: 5 });
  }
  await forgetCopies(cwd);
  return folder;
}

async function isDead(folder: string): Promise<boolean> {
  try {
    const owner = JSON.parse(await readFile(join(folder, OWNER), 'utf8')) as KnownProcess;
    return !isStillRunning(owner);
  } catch {
    // It says nothing of its owner, or belongs to another user, or is just being removed.
    return false;
  }
}

/** Has git forget the copies whose folders are gone; git keeps a note of each. */
async function forgetCopies(cwd: string): Promise<void> {
  // A folder that is no repository is told when a copy is made of it.
  const { stdout } = await run('git', ['worktree', 'list', '--porcelain'], { cwd }).catch(() => ({
    stdout: '',
  }));
  const paths = stdout.matchAll(/^worktree (.*\/flashsale-revisions-\w{6}\/\d+)$/gm);
  for (const [, path = ''] of paths) {
    if (existsSync(path)) continue;
    await run('git', ['worktree', 'remove', '--force', path], { cwd }).catch(() => {});
  }
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
