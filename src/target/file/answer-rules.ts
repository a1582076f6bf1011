import type { AnswerRule } from '../../../scenarios/lib/description.ts';
import type { RefusalReasons } from '../../history/refusal-reason.ts';
import type { OperationTemplate, AnswerRule as RuleOfFile } from './schema.ts';

/** The codes that the history has for answers, where the shop's own say nothing to the judge. */
const CODES = { sold_out: 'sold-out', refused: 'refused', limited: 'limited', error: 'error' };

/** The rules of a target file, with the codes that calls are recorded with. */
export const rulesOf = (rules: RuleOfFile[]): AnswerRule[] =>
  rules.map(({ is, when, reason }) => {
    const code = reason ?? CODES[is as keyof typeof CODES];
    return code === undefined ? { is, when } : { is, when, code };
  });

/** The rules about decisions. A decision without a reason has no code, because its call was answered. */
export const decisionRules = ({
  decisions,
}: Pick<NonNullable<OperationTemplate['later']>, 'decisions'>): AnswerRule[] =>
  decisions.map(({ is, when, reason }) => {
    if (is === 'pending') return { is: 'accepted', when };
    const code = reason ?? (is === 'refused' ? undefined : CODES[is as keyof typeof CODES]);
    return code === undefined ? { is, when } : { is, when, code };
  });

/** The reasons of the codes that say something about the sale. */
export function refusalsOf(rules: AnswerRule[]): RefusalReasons {
  const refusals: Record<string, string> = {};
  for (const { is, code } of rules) {
    if (is === 'sold_out') refusals['sold-out'] = 'sold-out';
    else if (is === 'refused' && code !== undefined && code !== CODES.refused) {
      refusals[code] = code;
    }
  }
  return refusals as RefusalReasons;
}
