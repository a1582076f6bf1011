import { type FileHandle, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { isRunning } from './processes/is-running.ts';

/** The record of the stack that `up` left running; later commands find the stack by it. */
export const StackState = z.object({
  pid: z.int(),
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

/** Writes the record. Only the owner may read it, because it contains passwords and an administrator's token. */
export async function writeStackState(cwd: string, state: StackState): Promise<void> {
  await makeFolder(cwd);
  await writeFile(stateIn(cwd), JSON.stringify(state, null, 2), { mode: 0o600 });
}

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

/** Removes the record and keeps the log. */
export const closeStackState = (cwd: string): Promise<void> => rm(stateIn(cwd), { force: true });

/** Removes the record and the log. */
export const removeStackState = (cwd: string): Promise<void> =>
  rm(folderIn(cwd), { recursive: true, force: true });

/** Reads the record of the stack that runs for this folder. The record of a process that is gone is removed. */
export async function readStackState(cwd: string): Promise<StackState | undefined> {
  const text = await readFile(stateIn(cwd), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const state = StackState.safeParse(tryParse(text));
  if (state.success && isRunning(state.data.pid)) return state.data;
  await removeStackState(cwd);
  return undefined;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
