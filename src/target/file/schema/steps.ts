import * as z from 'zod';
import { objectOf } from './object-of.ts';
import { hasOneBody, ONE_BODY, requestFields } from './request.ts';
import { Duration, type Fields, hook, Place, Template } from './texts.ts';

/** A call made before the sale. Its answer must have a status of 2xx or one in `accept`. */
export const HttpStep = objectOf({
  ...requestFields,
  accept: z
    .array(z.int())
    .default([])
    .describe('Statuses that are as good as 2xx, such as [409] for what is there already.'),
  answer: z
    .record(z.string(), Place)
    .default({})
    .describe('Fields that the answer gives, each with its place: { token: data.accessToken }.'),
}).refine(hasOneBody, ONE_BODY);

/** A statement; the first row that it returns gives fields. Placeholders become parameters, so no value needs quotes. */
export const SqlStep = objectOf({
  sql: z
    .string()
    .min(1)
    .describe('A statement of PostgreSQL. Placeholders become parameters and need no quotes.'),
  database: Template.optional().describe(
    'The database that is asked; left out: evidence.database. As "{env.SHOP_DATABASE_URL}".',
  ),
});

/** A command of the shell; placeholders become quoted arguments. If it prints a JSON object, that gives fields. */
export const CommandStep = objectOf({
  command: z
    .string()
    .min(1)
    .describe('A command for sh, run in the folder of this file. Placeholders need no quotes.'),
  timeout: Duration.default(60_000).describe('Longest time of the command, such as 60s.'),
});

const FunctionStep = objectOf({
  run: hook<(fields: Fields) => Promise<Fields | undefined>>(),
});

export const Step = z.union([HttpStep, SqlStep, CommandStep, FunctionStep]);
export type Step = z.infer<typeof Step>;
