import * as z from 'zod';
import { objectOf } from './object-of.ts';
import { CommandStep, SqlStep, Step } from './steps.ts';
import { Duration } from './texts.ts';

/** A SKU that is on sale already. Other fields are placeholders, such as another id that the same thing goes by. */
const ExistingSku = z.looseObject({
  id: z.union([z.string(), z.number()]).describe('What the shop calls it: {sku}.'),
  stock: z
    .union([z.int().min(0), z.literal('read'), z.literal('evidence')])
    .describe('Units on sale; read asks the operation read, evidence the rows of evidence.stock.'),
  price: z.union([z.string(), z.number()]).optional().describe('Price of one unit.'),
});

export const Sale = objectOf({
  skus: z
    .union([z.array(ExistingSku).min(1), SqlStep, CommandStep])
    .optional()
    .describe(
      'SKUs that are on sale already: a list, or a query or a command that gives id and stock.',
    ),
  create: z
    .array(Step)
    .optional()
    .describe(
      'Puts one SKU with {stock} units on sale at {price}. {sku} is a fresh name, unless a step gives the field sku.',
    ),
  remove: z
    .array(Step)
    .default([])
    .describe(
      'Done for each SKU when the run ends, however it ends: undoes what create has done, also when only some steps of it were done.',
    ),
  holdTtl: z
    .union([Duration, z.literal('never')])
    .optional()
    .describe('How long a hold lives, such as 2m, or never. Left out: unknown.'),
  sweepGrace: Duration.default(5_000).describe(
    'Units of a lapsed hold are on sale again at the latest this long after; left out: 5s.',
  ),
  soldUntilSwept: z
    .boolean()
    .default(false)
    .describe(
      'true: a lapsed hold may still be bought until the shop sweeps it, sweepGrace later at the latest. Else that is a fault.',
    ),
  unitsPerBuyer: z
    .union([z.int().min(1), z.literal('unlimited')])
    .optional()
    .describe(
      'Units of one SKU that a buyer may have. Left out: unknown, no check assumes a limit.',
    ),
  holdsPerBuyer: z
    .int()
    .min(1)
    .optional()
    .describe('Holds and orders of one SKU that a buyer may have. Left out: unknown.'),
  refusalLag: Duration.default(0).describe('"Sold out" may be this much behind the stock.'),
  readLag: Duration.default(0).describe('A read may be this much behind the sale.'),
  nobodyElseBuys: z
    .boolean()
    .default(false)
    .describe(
      'true: a row that no call of the run made is a fault. Else such rows are reported apart.',
    ),
}).refine(({ skus, create }) => (skus === undefined) !== (create === undefined), {
  error: 'a sale has either skus, which are there, or create',
});
export type SalePreparation = z.infer<typeof Sale>;
