import * as z from 'zod';
import { REFUSAL_REASONS } from '../../../history/refusal-reason.ts';
import { objectOf } from './object-of.ts';

const isStatus = (value: unknown): boolean => /^[1-5](\d\d|xx)$/.test(String(value));

/**
 * Conditions on an answer, all of which must hold. Keys: `status` (201, `2xx`, or a list of these), `header NAME`, `body` (its
 * text), or a path into its JSON body, as `body.error.code`. Values: equality, `/regular expression/i`, `present` or `absent`.
 */
export const Conditions = z
  .record(
    z
      .string()
      .regex(
        /^(status$|header .|body$|body\.)/,
        'a condition is about status, header NAME, body or body.PATH',
      ),
    z.union([
      z.string(),
      z.number(),
      z.boolean(),
      z.null(),
      z.array(z.union([z.string(), z.number()])),
    ]),
  )
  .refine(({ status }) => status === undefined || [status].flat().every(isStatus), {
    error: 'status is a number such as 201, a text such as 4xx, or a list of these',
  });
export type Conditions = z.infer<typeof Conditions>;

const KEYS =
  'Conditions, all of which must hold: status (201, 2xx, a list), header NAME, body, body.PATH. Values: equal, /pattern/i, present or absent.';

/** The meanings of answers: see `Meaning` in `../../target.ts`. */
const MEANINGS = ['ok', 'accepted', 'sold_out', 'refused', 'limited', 'error'] as const;

const meaning = (is: string) => Conditions.optional().describe(`${is} ${KEYS}`);

/** One rule of `answers`: its meaning, and the conditions for it. `reason` says why a buyer is refused, where it is about the sale. */
export const AnswerRule = objectOf({
  ok: meaning('It happened.'),
  accepted: meaning('It will be decided later.'),
  sold_out: meaning('There are not enough units.'),
  refused: meaning('It did not happen, for any other reason.'),
  limited: meaning('Asked too often; evidence of nothing.'),
  error: meaning('The shop failed; nobody knows if it happened.'),
  reason: z
    .enum(REFUSAL_REASONS)
    .optional()
    .describe(
      'The reason why the buyer is refused, which is then checked. Leave it out if one answer stands for several reasons.',
    ),
})
  .refine((rule) => MEANINGS.filter((meaning) => rule[meaning] !== undefined).length === 1, {
    error: `a rule has one meaning: ${MEANINGS.join(', ')}`,
  })
  .refine(({ reason, refused }) => reason === undefined || refused !== undefined, {
    error: 'only a refusal has a reason',
  })
  .transform((rule) => {
    const is = MEANINGS.find((meaning) => rule[meaning] !== undefined) as (typeof MEANINGS)[number];
    return { is, when: rule[is] as Conditions, reason: rule.reason };
  });
export type AnswerRule = z.infer<typeof AnswerRule>;

/** The meaning of answers where a file does not say it. */
export const USUAL_ANSWERS: AnswerRule[] = [
  { is: 'limited', when: { status: 429 }, reason: undefined },
  { is: 'accepted', when: { status: 202 }, reason: undefined },
  { is: 'ok', when: { status: '2xx' }, reason: undefined },
];
