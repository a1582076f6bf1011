import * as z from 'zod';

/**
 * A whole number in an options object. Numbers from `__ENV` are texts, so that a text of digits is one as well, as in k6.
 *
 * @param limits adds limits and their messages to the number
 */
export const wholeNumber = (limits: (number: z.ZodInt) => z.ZodInt = (number) => number) =>
  z.preprocess(
    (value) =>
      typeof value === 'bigint' || (typeof value === 'string' && /^[+-]?\d+$/.test(value))
        ? Number(value)
        : value,
    limits(z.int({ error: wrong })),
  );

function wrong(issue: z.core.$ZodRawIssue): string {
  const { input } = issue;
  if (input === undefined) return 'is missing';
  if (issue.code === 'too_small') {
    const limit = `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
    return `has to be ${limit}, and is ${input}`;
  }
  const shown = typeof input === 'number' ? String(input) : JSON.stringify(input);
  return `${shown} is not a whole number`;
}
