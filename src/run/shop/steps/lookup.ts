import { UserError } from '../../../kernel/errors.ts';
import type { Fields } from '../../../target/file/schema.ts';
import type { FieldOf } from '../../../target/file/template.ts';
import type { Secrets } from '../secrets.ts';

/** A lookup of fields by name, and of `env.NAME` in the environment. `place` is where the text stands in the target file. */
export const lookUp = (fields: Fields, secrets: Secrets, place: string): FieldOf =>
  secrets.withEnv((name) => {
    if (Object.hasOwn(fields, name)) return fields[name];
    const known = Object.keys(fields);
    throw UserError.usage(`nothing provides {${name}} in ${place} of the target file`, {
      why: known.length === 0 ? 'no field is known there' : `known there: ${known.join(', ')}`,
      next: 'correct the name, or have an earlier step give it; {{name}} stands for the text {name}',
    });
  });
