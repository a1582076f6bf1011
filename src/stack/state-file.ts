import { type FileHandle, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { isStillRunning } from './processes/birth.ts';

/** The process that holds the stack of a folder, or is about to start it. */
const StackHolder = z.object({ pid: z.int(), birth: z.string().optional() });
export type StackHolder = z.infer<typeof StackHolder>;

/** The record of the stack that `up` left running; later commands find the stack by it. */
export const StackState = StackHolder.extend({
  targets: z.array(z.string()),
  adminToken: z.string(),
  strategy: z.string(),
  holdTtlMs: z.int(),
  /** The database of the servers, for evidence that is read by SQL. */
  databaseUrl: z.string().optional(),
  redisUrl: z.string().optional(),
  kafkaBrokers: z.string().optional(),
  folder: z.string(),
  startedAt: z.string(),
});
export type StackState = z.infer<typeof StackState>;

/** Each working folder has at most one stack; its record and log are in this subfolder. */
const folderIn = (cwd: string): string => join(cwd, '.flashsale');
const stateIn = (cwd: string): string => join(folderIn(cwd), 'stack.json');
const logIn = (cwd: string): string => join(folderIn(cwd), 'up.log');

/**
 * Claims the folder for a stack that `holder` is about to start. Returns the holder that claimed it before, if it still
 * runs; the claim failed then.
 */
export async function claimStack(
  cwd: string,
  holder: StackHolder,
): Promise<StackHolder | undefined> {
  await makeFolder(cwd);
  const before = await readHolder(cwd);
  if (before !== undefined) return before;
  await rm(stateIn(cwd), { force: true });
  try {
    await writeRecord(cwd, holder, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  // Of several that come at the same moment, the one whose claim stands in the file has the folder.
  const claimed = await readHolder(cwd);
  return claimed?.pid === holder.pid ? undefined : claimed;
}

/**
 * Writes the record of the stack that runs now. Returns false, and writes nothing, if another process has the folder.
 */
export async function writeStackState(cwd: string, state: StackState): Promise<boolean> {
  if ((await readHolder(cwd))?.pid !== state.pid) return false;
  await writeRecord(cwd, state, 'w');
  return true;
}

/** Writes the record. Only the owner may read it, because it contains passwords and an administrator's token. */
const writeRecord = (cwd: string, record: StackHolder, flag: 'w' | 'wx'): Promise<void> =>
  writeFile(stateIn(cwd), JSON.stringify(record, null, 2), { mode: 0o600, flag });

/** Opens the file that gets the output of the process that `up` starts. */
export async function openStackLog(cwd: string): Promise<{ path: string; log: FileHandle }> {
  await makeFolder(cwd);
  const path = logIn(cwd);
  return { path, log: await open(path, 'w') };
}

/** Reads the output of the stack; undefined if there is none, or the log was removed. */
export const readStackLog = (cwd: string): Promise<string | undefined> =>
  readFile(logIn(cwd), 'utf8').then(
    (text) => text.trimEnd() || undefined,
    () => undefined,
  );

/** Creates the folder with a `.gitignore` that keeps it out of the user's repository. */
async function makeFolder(cwd: string): Promise<void> {
  await mkdir(folderIn(cwd), { recursive: true, mode: 0o700 });
  await writeFile(join(folderIn(cwd), '.gitignore'), '*\n');
}

/** Removes the record, and the log as well unless it is kept. Leaves both if another process has the folder. */
export async function removeStackState(cwd: string, { keepLog = false } = {}): Promise<void> {
  const holder = await readHolder(cwd);
  if (holder !== undefined && holder.pid !== process.pid) return;
  await rm(keepLog ? stateIn(cwd) : folderIn(cwd), { recursive: true, force: true });
}

/** Reads the record of the stack that runs for this folder; undefined if none does, or it is still starting. */
export async function readStackState(cwd: string): Promise<StackState | undefined> {
  const holder = await readHolder(cwd);
  return StackState.safeParse(holder).data;
}

/** Reads which process has this folder; undefined if none does, or it is gone. */
export async function readHolder(cwd: string): Promise<StackHolder | undefined> {
  const text = await readFile(stateIn(cwd), 'utf8').catch(() => '');
  const { data: holder } = StackHolder.loose().safeParse(tryParse(text));
  return holder !== undefined && isStillRunning(holder) ? holder : undefined;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
