import { type FileHandle, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isRunning } from './processes/is-running.ts';

/** What is known of the stack that `up` left running, for whoever comes later. */
export const StackState = z.object({
  pid: z.int(),
  targets: z.array(z.string()),
  adminToken: z.string(),
  strategy: z.string(),
  holdTtlMs: z.int(),
  redisUrl: z.string().optional(),
  kafkaBrokers: z.string().optional(),
  folder: z.string(),
  startedAt: z.string(),
});
export type StackState = z.infer<typeof StackState>;

/** One stack per working folder; what is known of it lies in a folder of its own in there. */
const folderIn = (cwd: string): string => join(cwd, '.flashsale');
const stateIn = (cwd: string): string => join(folderIn(cwd), 'stack.json');
const logIn = (cwd: string): string => join(folderIn(cwd), 'up.log');

/** Readable by the owner alone: it holds an administrator's token. */
export async function writeStackState(cwd: string, state: StackState): Promise<void> {
  await makeFolder(cwd);
  await writeFile(stateIn(cwd), JSON.stringify(state, null, 2), { mode: 0o600 });
}

/** The file that what `up` starts may print to. */
export async function openStackLog(cwd: string): Promise<{ path: string; log: FileHandle }> {
  await makeFolder(cwd);
  const path = logIn(cwd);
  return { path, log: await open(path, 'w') };
}

/** What the stack printed, as long as it is not forgotten. */
export const readStackLog = (cwd: string): Promise<string | undefined> =>
  readFile(logIn(cwd), 'utf8').then(
    (text) => text.trimEnd() || undefined,
    () => undefined,
  );

/** Its content is nobody else's business, so it is not offered to git. */
async function makeFolder(cwd: string): Promise<void> {
  await mkdir(folderIn(cwd), { recursive: true, mode: 0o700 });
  await writeFile(join(folderIn(cwd), '.gitignore'), '*\n');
}

/** Forgets the stack, and keeps what it printed. */
export const closeStackState = (cwd: string): Promise<void> => rm(stateIn(cwd), { force: true });

/** Forgets the stack, its log included. */
export const removeStackState = (cwd: string): Promise<void> =>
  rm(folderIn(cwd), { recursive: true, force: true });

/** The stack that runs for this folder; a state file whose process is gone counts as none, and is removed. */
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
