import { readFile } from 'node:fs/promises';
import { targetOf } from './described.ts';
import { questTarget, referenceTarget } from './reference.ts';
import type { Target, TargetReference } from './target.ts';

/** Every target that is built in; the first one is used where a scenario names none. */
const targets: readonly [Target, ...Target[]] = [referenceTarget, questTarget];

export const [defaultTarget] = targets;

export const TARGET_NAMES: readonly string[] = targets.map(({ name }) => name);

/**
 * The built-in target of a name.
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

/** Opens a target by its reference: a built-in one, or the one that a sale file describes. */
export async function openTarget(reference: TargetReference): Promise<Target> {
  if ('name' in reference) return targetNamed(reference.name);
  const { shop, ...sale } = JSON.parse(await readFile(reference.saleFile, 'utf8'));
  return targetOf(shop, sale, reference);
}
