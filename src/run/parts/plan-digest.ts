import { createHash } from 'node:crypto';
import type { LoadedScript } from '../../load/vu/script.ts';
import type { RunOptions } from '../context.ts';

/** Too few for anybody to guess a secret among the variables by them. */
const DIGITS = 8;

/**
 * A digest of what the script and the command line say of a load: only parts that agree on it are parts of one plan.
 *
 * @param sale the name of the preparation, so that digests of two sales tell nothing of each other
 */
export function planDigest(
  sale: string,
  { options: { scenarios } }: Pick<LoadedScript, 'options'>,
  { variables = {} }: Pick<RunOptions, 'variables'>,
): string {
  const names = Object.keys(variables).toSorted();
  const said = [sale, scenarios, names.map((name) => [name, variables[name]])];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, DIGITS);
}
