import * as z from 'zod';

/**
 * Writes the names of an options object as they are known, because k6 takes them in upper and lower case, and leaves out
 * what is null, because that means "not given" in k6.
 */
export function withKnownNames(value: unknown, known: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const byLowerCase = new Map(known.map((name) => [name.toLowerCase(), name]));
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) =>
      field === undefined || field === null
        ? []
        : [[byLowerCase.get(name.toLowerCase()) ?? name, field]],
    ),
  );
}

/** An object within options whose names are read as those of the options are. */
export const inAnyCase = <Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>) =>
  z.preprocess((value) => withKnownNames(value, Object.keys(schema.shape)), schema);
