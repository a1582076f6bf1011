import { referenceTarget } from './reference.ts';
import type { Target } from './target.ts';

/** Every target; the first one is used where a scenario names none. */
const targets: readonly [Target, ...Target[]] = [referenceTarget];

export const [defaultTarget] = targets;

export const TARGET_NAMES: readonly string[] = targets.map(({ name }) => name);

/**
 * The target of a name. Worker threads are given the name, because functions cannot be sent to a thread.
 *
 * @throws when no target has this name
 */
export function targetNamed(name: string): Target {
  const target = targets.find((candidate) => candidate.name === name);
  if (target === undefined) {
    throw new Error(`no target is named ${name}; there are: ${TARGET_NAMES.join(', ')}`);
  }
  return target;
}
