import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** What is known of the stack that `up` left running, for whoever comes later. */
export const StackState = z.object({
  pid: z.int(),
  targets: z.array(z.string()),
  adminToken: z.string(),
  databaseUrl: z.string(),
  strategy: z.string(),
  folder: z.string(),
  startedAt: z.string(),
});
export type StackState = z.infer<typeof StackState>;

/** One stack per working folder. */
const pathIn = (cwd: string): string => join(cwd, '.flashsale', 'stack.json');

/** Readable by the owner alone: it holds an administrator's token. */
export async function writeStackState(cwd: string, state: StackState): Promise<void> {
  await mkdir(dirname(pathIn(cwd)), { recursive: true });
  await writeFile(pathIn(cwd), JSON.stringify(state, null, 2), { mode: 0o600 });
}

export const removeStackState = (cwd: string): Promise<void> => rm(pathIn(cwd), { force: true });

/** The stack that runs for this folder; a state file whose process is gone counts as none, and is removed. */
export async function readStackState(cwd: string): Promise<StackState | undefined> {
  const text = await readFile(pathIn(cwd), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const state = StackState.safeParse(tryParse(text));
  if (state.success && isAlive(state.data.pid)) return state.data;
  await removeStackState(cwd);
  return undefined;
}

/** Whether a process of this id is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
