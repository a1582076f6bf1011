import { UserError } from '../../kernel/errors.ts';
import { fieldsIn } from './template.ts';

/**
 * Checks that every variable of the environment is set that stands anywhere in a target file, before anything is done by it.
 *
 * @throws UserError (usage) that names the variable and its place
 */
export function checkVariables(
  part: unknown,
  env: Record<string, string | undefined>,
  place: string[] = [],
): void {
  if (typeof part === 'object' && part !== null) {
    for (const [key, value] of Object.entries(part)) checkVariables(value, env, [...place, key]);
  }
  if (typeof part !== 'string') return;
  for (const field of fieldsIn(part)) {
    const name = field.startsWith('env.') ? field.slice('env.'.length) : undefined;
    if (name === undefined || (env[name] ?? '') !== '') continue;
    throw UserError.usage(`the environment has no ${name}`, {
      why: `${place.join('.')} of the target file asks for it as {env.${name}}`,
      next: `export ${name}=…`,
    });
  }
}
