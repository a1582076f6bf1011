import { readStackState, type StackState } from '../src/stack/state-file.ts';

/**
 * The stack that `up` started in this folder, if it is what the targets name: what is known of it, its administrator's
 * token above all, need not be typed, and is told to nobody else.
 */
export async function stackBehind(
  targets: string[] | undefined,
  cwd: string,
): Promise<StackState | undefined> {
  if (targets === undefined) return undefined;
  const stack = await readStackState(cwd);
  return targets.every((target) => stack?.targets.includes(target)) ? stack : undefined;
}
