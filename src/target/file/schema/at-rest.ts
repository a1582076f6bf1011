import * as z from 'zod';
import { objectOf } from './object-of.ts';
import { CommandStep, SqlStep } from './steps.ts';
import { Duration, Name } from './texts.ts';

const giveUp = Duration.default(60_000).describe(
  'The run waits no longer than this, and then trusts no rows; left out: 60s.',
);

/** The shop is at rest when a query returns no row, a command prints nothing, or a time is over. */
export const Rest = z.union([
  objectOf({ ...SqlStep.shape, giveUp }),
  objectOf({ ...CommandStep.shape, giveUp }),
  objectOf({
    wait: Duration.describe('Waits so long, such as 2s, and on as long as rows come meanwhile.'),
  }),
]);

const name = Name.describe('The name of the rule in the verdict.');

/**
 * A rule of one's own, asked when the shop is at rest: rows of a query that break it, or a PromQL expression that must hold.
 * `$sku`, `$stock` and `$__range` stand for the SKU, its units and the time of the run.
 */
export const Invariant = z.union([
  objectOf({ name, ...SqlStep.shape }),
  objectOf({
    name,
    promql: z
      .string()
      .min(1)
      .describe('A comparison that must hold, as increase(errors_total[$__range]) == 0.'),
  }),
  objectOf({ name, ...CommandStep.shape }),
]);
export type Invariant = z.infer<typeof Invariant>;
