import { UserError } from '../../../kernel/errors.ts';
import type { Fields } from '../../../target/file/schema.ts';

/** The value as a field: a date becomes its ISO text, anything with parts its JSON. */
export function asField(value: unknown): Fields[string] {
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}

/** @throws UserError (environment) when the value is no object, so it gives no fields */
export function asFields(value: unknown, place: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw UserError.environment(`${place} of the target file gives no fields`, {
      why: `it is no object: ${JSON.stringify(value)?.slice(0, 100)}`,
      next: 'have it give an object, as { "sku": 42 }',
    });
  }
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, asField(part)]));
}
