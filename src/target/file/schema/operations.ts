import * as z from 'zod';
import { fieldsIn, hasListOfLines } from '../template.ts';
import { AnswerRule, Conditions, DecisionRule } from './answers.ts';
import { objectOf } from './object-of.ts';
import { hasOneBody, ONE_BODY, requestFields } from './request.ts';
import { Duration, Place } from './texts.ts';

const PLACE =
  'a path into the JSON (data.order.id), header NAME, cookie NAME, /pattern (group)/, or header NAME /pattern (group)/';
const placeOf = (fact: string) => Place.optional().describe(`Place of ${fact}: ${PLACE}.`);

/** Facts that an answer may hold. */
const AnswerPlaces = objectOf({
  hold: placeOf('the hold’s id'),
  order: placeOf('the order’s id'),
  voucher: placeOf('the voucher’s code'),
  tickets: placeOf('the codes of the tickets; `*` stands for each of a list, as in tickets.*.code'),
  basket: placeOf(
    'the basket’s id, in an answer about one; the facts of its lines are lists then, in one order: sku as lines.*.sku, order as lines.*.id',
  ),
  sku: placeOf('the SKU'),
  refused: placeOf(
    'the SKUs of the lines for which a basket was refused, as errors.*.sku. Left out: nobody knows for which',
  ),
  quantity: placeOf('the number of units'),
  sequence: placeOf(
    'the number of the stock movement, if the shop counts them per SKU without gaps',
  ),
  available: placeOf('the units that are left'),
  reserved: placeOf('the units that are held'),
  sold: placeOf('the units that are sold'),
});
const places = AnswerPlaces.prefault({}).describe('Places of facts in the answer.');

/** The decision over an accepted attempt, which its buyer asks for again and again. */
const Later = objectOf({
  ...requestFields,
  every: Duration.default(200).describe('Time between two questions, such as 200ms.'),
  giveUp: Duration.default(30_000).describe('The buyer asks no longer than this, such as 30s.'),
  answers: z
    .array(DecisionRule)
    .default([])
    .describe(
      'The meaning of its answers: the first rule that applies counts. Without a rule for pending, every answer that fits none and is no failure of the shop.',
    ),
  yes: Conditions.optional().describe('Short for a rule ok: the buyer has the units.'),
  no: Conditions.optional().describe(
    'Short for a rule refused without a reason: the buyer gets nothing.',
  ),
  pending: Conditions.optional().describe('Short for a rule pending: not decided yet.'),
  answer: places,
})
  .refine(hasOneBody, ONE_BODY)
  .transform(({ yes, no, pending, answers, ...poll }) => {
    const short = { ok: yes, refused: no, pending };
    const meanings = ['ok', 'refused', 'pending'] as const;
    const rules = meanings.flatMap((is) => {
      const when = short[is];
      return when === undefined ? [] : [{ is, when, reason: undefined }];
    });
    return { ...poll, decisions: [...answers, ...rules] };
  })
  .refine(({ decisions }) => decisions.some(({ is }) => is === 'ok'), {
    error: 'a decision can be a yes: add a rule `ok` to its answers',
  });

const Operation = objectOf({
  ...requestFields,
  answer: places,
  quantity: z
    .string()
    .regex(/^[\w-]+(\.[\w-]+)*$/, 'write a path, as: events.length')
    .optional()
    .describe(
      'Path of the number of units in the JSON of the request, where no placeholder stands for it: events.length.',
    ),
  answers: z
    .array(AnswerRule)
    .default([])
    .describe('Rules for this operation, asked before those of all operations.'),
  later: Later.optional().describe(
    'Of an attempt alone: the request by which its buyer asks for the decision.',
  ),
})
  .refine(hasOneBody, ONE_BODY)
  // Ids of two kinds may be the same text, and would be taken for one thing.
  .refine(({ answer, later }) => answer.order === undefined || later?.answer.order === undefined, {
    error:
      'an attempt has one `order`: where the order has another id, let that of the attempt be its `hold`',
  });
export type OperationTemplate = z.infer<typeof Operation>;

/** The things that a buyer can do. */
const OPERATIONS = {
  reserve: 'Takes units off sale for some time: a hold, or a basket that holds.',
  confirm: 'Buys what is held.',
  release: 'Gives back what is held.',
  cancel: 'Gives back what was ordered.',
  buy: 'Takes units and gets the order in one call.',
  register: 'Gets a voucher of a campaign.',
  redeem: 'Uses a voucher.',
  attempt: 'Asks for a unit, and the shop decides later.',
  'check-in': 'Lets a ticket in. Whoever does it is no buyer: their headers name them.',
  read: 'Looks how many units are left.',
  track: 'Tells the analytics of what happened in the client.',
  'reserve-basket':
    'Takes units of several SKUs off sale, all or none. A list in its json has one item with {sku}, which is sent for each line.',
  'confirm-basket': 'Buys a {basket} that is held.',
  'release-basket': 'Gives back a {basket} that is held.',
  'cancel-basket': 'Gives back a {basket} that was ordered.',
  'buy-basket':
    'Takes units of several SKUs and gets the order in one call, all or none; with a list as that of reserve-basket.',
};
export type OperationName = keyof typeof OPERATIONS;
export const OPERATION_NAMES = Object.keys(OPERATIONS) as OperationName[];

/** True for an operation on all lines of a basket together. */
export const isOfBasket = (name: OperationName): boolean => name.endsWith('-basket');

export const Operations = objectOf(
  Object.fromEntries(
    OPERATION_NAMES.map((name) => [name, Operation.optional().describe(OPERATIONS[name])]),
  ) as Record<OperationName, z.ZodOptional<typeof Operation>>,
)
  .refine((operations) => Object.values(operations).some((operation) => operation !== undefined), {
    error: `a shop has one operation at least: ${OPERATION_NAMES.join(', ')}`,
  })
  .refine(
    (operations) =>
      OPERATION_NAMES.every((name) => name === 'attempt' || operations[name]?.later === undefined),
    { error: 'only an attempt is decided later: describe a call that is, as an attempt' },
  )
  .refine(
    (operations) =>
      (['reserve-basket', 'buy-basket'] as const).every(
        (name) => operations[name] === undefined || hasListOfLines(operations[name].json),
      ),
    {
      error:
        'the json of reserve-basket and buy-basket has a list with one item, which is sent for each line: lines: [{ sku: "{sku}", quantity: "{quantity}" }]',
    },
  )
  .refine(
    (operations) =>
      OPERATION_NAMES.every(
        (name) => (operations[name] && namesBasket(operations[name])) !== !ENDS_BASKET.has(name),
      ),
    {
      error:
        'confirm-basket, release-basket and cancel-basket name their {basket}, and no other operation does',
    },
  )
  .refine(
    (operations) =>
      (['confirm', 'release', 'cancel'] as const).every((name) => {
        const ofOne = withoutNames(operations[name]?.request);
        return ofOne === undefined || ofOne !== withoutNames(operations[`${name}-basket`]?.request);
      }),
    {
      error:
        'a call for a basket has another path than one for a single hold or order: where they are the same, describe the calls for baskets alone, because a basket may have one line',
    },
  );

const withoutNames = (request: string | undefined): string | undefined =>
  request?.replaceAll(/\{[^}]*\}/g, '{}');

const ENDS_BASKET: ReadonlySet<OperationName> = new Set([
  'confirm-basket',
  'release-basket',
  'cancel-basket',
]);

const namesBasket = ({ request, headers, json, form, body }: OperationTemplate): boolean =>
  fieldsIn([request, headers, json, form, body]).includes('basket');
