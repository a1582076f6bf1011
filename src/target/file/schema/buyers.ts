import * as z from 'zod';
import { objectOf } from './object-of.ts';
import { CommandStep, HttpStep, SqlStep, Step } from './steps.ts';
import { Duration, type Fields, hook, JsonTemplate, Template } from './texts.ts';

/** Buyers of a run: where they come from, in the order in which these are done. Each has `id` at least. */
export const Buyers = objectOf({
  fields: z
    .record(z.string(), Template)
    .default({ id: 'buyer-{n}' })
    .describe('Fields of buyer number {n}. The id is what the shop calls buyers in its books.'),
  file: z
    .string()
    .optional()
    .describe('A CSV, JSON or NDJSON file with one buyer per row, its columns as fields.'),
  from: z
    .union([SqlStep, CommandStep, objectOf({ run: hook<(count: number) => Promise<Fields[]>>() })])
    .optional()
    .describe('A query or a command that gives one buyer per row; {count} is how many are needed.'),
  steps: z
    .array(Step)
    .default([])
    .describe('Done once for each buyer: registers, logs in. A step’s answer gives fields.'),
  check: HttpStep.optional().describe(
    'A request that changes nothing and needs a login, as GET /me. The first buyer makes it before the load; kept buyers log in again if it fails.',
  ),
  sign: objectOf({
    secret: Template.describe('The secret or the private key, as "{env.JWT_SECRET}".'),
    algorithm: z
      .enum(['HS256', 'HS384', 'HS512', 'RS256', 'ES256'])
      .default('HS256')
      .describe('The algorithm of the signature; left out: HS256.'),
    claims: z
      .record(z.string(), JsonTemplate)
      .default({ sub: '{id}' })
      .describe('The claims of the token; left out: { sub: "{id}" }.'),
    expiresIn: Duration.default(24 * 3_600_000).describe('Lifetime of the tokens, such as 24h.'),
  })
    .optional()
    .describe('Signs a token for each buyer, which is their field token.'),
  atOnce: z
    .int()
    .min(1)
    .max(1_000)
    .default(16)
    .describe('Buyers for whom the steps are done at the same time; left out: 16.'),
});
