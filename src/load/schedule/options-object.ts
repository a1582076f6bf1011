import * as z from 'zod';
import { nearestWord } from '../../kernel/nearest-word.ts';

/** Whole numbers, which are not given in k6 if their text is empty: `vus: __ENV.VUS || ''`. */
const WHOLE_NUMBERS = new Set([
  ...['vus', 'iterations', 'rate', 'startRate', 'startVUs', 'preAllocatedVUs', 'maxVUs', 'target'],
  ...['maxRedirects', 'batch', 'batchPerHost', 'rps'],
]);

/**
 * Writes the names of an options object as they are known, because k6 takes them in upper and lower case, and leaves out
 * what is null, because that means "not given" in k6.
 */
export function withKnownNames(value: unknown, known: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const byLowerCase = new Map(known.map((name) => [name.toLowerCase(), name]));
  return Object.fromEntries(
    Object.entries(value).flatMap(([written, field]) => {
      const name = byLowerCase.get(written.toLowerCase()) ?? written;
      const isGiven = field !== undefined && field !== null;
      return isGiven && !(field === '' && WHOLE_NUMBERS.has(name)) ? [[name, field]] : [];
    }),
  );
}

/** An object within options whose names are read as those of the options are. */
export const inAnyCase = <Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>) =>
  z.preprocess((value) => withKnownNames(value, Object.keys(schema.shape)), schema);

/**
 * The same for an object whose other fields k6 leaves alone: a stage may have a `name`. One that is nearly a known name is
 * refused, because it was probably meant to be that.
 */
export const leavingOthers = <Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>) =>
  z.preprocess((value) => {
    const known = Object.keys(schema.shape);
    const named = withKnownNames(value, known);
    if (typeof named !== 'object' || named === null || Array.isArray(named)) return named;
    return Object.fromEntries(
      Object.entries(named).filter(
        ([name]) => known.includes(name) || nearestWord(name, known) !== undefined,
      ),
    );
  }, schema);
