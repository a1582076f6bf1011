import * as z from 'zod';
import { AnswerRule, USUAL_ANSWERS } from './schema/answers.ts';
import { Invariant, Rest } from './schema/at-rest.ts';
import { Buyers } from './schema/buyers.ts';
import { Evidence } from './schema/evidence.ts';
import { objectOf } from './schema/object-of.ts';
import { Operations } from './schema/operations.ts';
import { Sale } from './schema/sale.ts';
import { Duration, Name, Template } from './schema/texts.ts';

export type { AnswerRule } from './schema/answers.ts';
export type { Invariant } from './schema/at-rest.ts';
export type { RowsName, RowsSource } from './schema/evidence.ts';
export { ROWS_MEANINGS, ROWS_WORDS } from './schema/evidence.ts';
export type { OperationName, OperationTemplate } from './schema/operations.ts';
export { isOfBasket, OPERATION_NAMES } from './schema/operations.ts';
export type { SalePreparation } from './schema/sale.ts';
export type { Step } from './schema/steps.ts';
export type { Fields, Place } from './schema/texts.ts';

/**
 * The target file: describes a shop that nobody has seen before, so that scenarios can buy from it and the judge can read
 * its answers and its books. A YAML file, or a TypeScript module that exports `defineTarget({ … })`, which may have
 * functions (hooks) where a file has texts.
 *
 * Texts may contain placeholders: see `template.ts`. Units of time are written as `200ms`, `5s` or `2m`. Editors show the
 * descriptions.
 */

/** A TCP proxy that the run puts between the shop and something it uses, where the shop was told to connect to it. */
const ProxyPlan = objectOf({
  listen: z
    .string()
    .regex(/^[\w.-]+:\d+$/, 'write HOST:PORT')
    .describe('The address to which the shop connects, as 127.0.0.1:6432.'),
  to: z
    .string()
    .regex(/^[\w.-]+:\d+$/, 'write HOST:PORT')
    .describe('The address of the database, as 127.0.0.1:5432.'),
  widen: Duration.default(5).describe('Every answer is held back so long; left out: 5ms.'),
});

/** A base URL. Variables of the environment are filled in when the file is read. */
const Url = z
  .string()
  .regex(
    /^(https?:\/\/[^\s/]|\{env\.)((?!\{(?!env\.))\S)*$/,
    'write a URL such as http://127.0.0.1:3000; its placeholders may only be {env.NAME}',
  )
  .transform((url) => url.replace(/\/+$/, ''));

const Counters = z
  .partialRecord(
    z.enum(['reserved', 'sold', 'sold_out', 'refused', 'released', 'cancelled']),
    z.string(),
  )
  .default({})
  .describe('Counters as PromQL selectors, as orders_total{status="confirmed",sku="$sku"}.');

export const TargetFile = objectOf({
  name: Name.optional().describe('The name of the shop; left out: that of the file.'),
  url: z
    .union([Url.transform((url) => [url]), z.array(Url).min(1)])
    .describe(
      'Base URL, or several for several instances, as http://127.0.0.1:3000 or "{env.SHOP_URL}". All requests begin with its path.',
    ),
  health: z
    .string()
    .startsWith('/')
    .optional()
    .describe('Path that answers 2xx when the shop is ready; left out: any answer will do.'),
  headers: z
    .record(z.string(), Template)
    .default({})
    .describe('Headers of every request, as authorization: Bearer {token}.'),
  operations: Operations.describe('What a buyer can do in this shop, and how.'),
  answers: z
    .array(AnswerRule)
    .default(USUAL_ANSWERS)
    .describe('The meaning of answers: the first rule that applies counts.'),
  buyers: Buyers.prefault({}).describe('Who buys, and how they log in.'),
  sale: Sale.optional().describe('What is on sale, and what the shop promises about it.'),
  evidence: Evidence.prefault({}).describe('The books of the shop, read when the sale is over.'),
  rest: Rest.default({ wait: 1_000 }).describe(
    'When the shop has nothing more to do: a query that returns no row, a command that prints nothing, or a time.',
  ),
  invariants: z
    .array(Invariant)
    .default([])
    .describe('Rules of your own, asked when the shop is at rest. Rows break a rule.'),
  prometheus: objectOf({ counters: Counters })
    .optional()
    .describe('The counters of the shop, which are compared with what happened.'),
  proxies: z
    .record(Name, ProxyPlan)
    .default({})
    .describe('Proxies between the shop and its database, which make its races wider.'),
});
/** A target file, read: every default filled in, times in milliseconds. */
export type TargetFile = z.infer<typeof TargetFile>;

/** A target file as it is written in TypeScript. */
export type TargetFileInput = z.input<typeof TargetFile>;
