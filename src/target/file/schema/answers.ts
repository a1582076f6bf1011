import * as z from 'zod';
import { REFUSAL_REASONS, type RefusalReason } from '../../../history/refusal-reason.ts';
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

/** The meanings of answers, see `Meaning` in `../../target.ts`, and how a rule says each. */
const MEANINGS = {
  ok: 'It happened.',
  accepted: 'It will be decided later.',
  pending: 'It is not decided yet.',
  sold_out: 'There are not enough units.',
  refused: 'It did not happen, for any other reason.',
  limited: 'Asked too often; evidence of nothing.',
  error: 'The shop failed; nobody knows if it happened.',
};

/** One rule of `answers`: its meaning, and the conditions for it. `reason` says why a buyer is refused, where it is about the sale. */
export const AnswerRule = ruleOf('ok', 'accepted', 'sold_out', 'refused', 'limited', 'error');
export type AnswerRule = z.infer<typeof AnswerRule>;

/** One rule about the decision over an attempt. */
export const DecisionRule = ruleOf('ok', 'pending', 'sold_out', 'refused', 'limited', 'error');

function ruleOf<Is extends keyof typeof MEANINGS>(...meanings: Is[]) {
  const conditions = Object.fromEntries(
    meanings.map((is) => [is, Conditions.optional().describe(`${MEANINGS[is]} ${KEYS}`)]),
  ) as Record<Is, z.ZodOptional<typeof Conditions>>;
  return objectOf({
    ...conditions,
    reason: z
      .enum(REFUSAL_REASONS)
      .optional()
      .describe(
        'The reason why the buyer is refused, which is then checked. Leave it out if one answer stands for several reasons.',
      ),
  }).transform((rule, context) => {
    const { reason, ...whens } = rule as { reason?: RefusalReason } & Record<
      string,
      Conditions | undefined
    >;
    const [is, other] = meanings.filter((meaning) => whens[meaning] !== undefined);
    if (is === undefined || other !== undefined) {
      context.addIssue(`a rule has one meaning: ${meanings.join(', ')}`);
      return z.NEVER;
    }
    if (reason !== undefined && is !== 'refused') {
      context.addIssue('only a refusal has a reason');
      return z.NEVER;
    }
    return { is, when: whens[is] as Conditions, reason };
  });
}

/** The meaning of answers where a file does not say it. */
export const USUAL_ANSWERS: AnswerRule[] = [
  { is: 'limited', when: { status: 429 }, reason: undefined },
  { is: 'accepted', when: { status: 202 }, reason: undefined },
  { is: 'ok', when: { status: '2xx' }, reason: undefined },
];
