/** A rule in PromQL, taken apart: `left operator right`. */
export interface PromqlRule {
  left: string;
  /** `<=`, or `<= bool` as the expression has it. */
  operator: string;
  right: string;
  /** The comparison as one that gives 1 where it holds and 0 where it does not, instead of leaving samples out. */
  asBool: string;
}

const BRACKETS: Record<string, number> = { '(': 1, '[': 1, '{': 1, ')': -1, ']': -1, '}': -1 };
const COMPARISON = /^(==|!=|<=|>=|<|>)(\s*bool\b)?/;
const SET_OPERATOR = /^(and|or|unless)\b/i;

/** Takes apart an expression that is one comparison. Undefined for any other: nobody knows what its empty result means. */
export function promqlRule(expression: string): PromqlRule | undefined {
  let rule: PromqlRule | undefined;
  let depth = 0;
  let quote: string | undefined;
  for (let at = 0; at < expression.length; at += 1) {
    const letter = expression[at] as string;
    if (quote !== undefined) {
      if (letter === '\\' && quote !== '`') at += 1;
      else if (letter === quote) quote = undefined;
      continue;
    }
    if (letter === '"' || letter === "'" || letter === '`') quote = letter;
    depth += BRACKETS[letter] ?? 0;
    if (depth > 0 || quote !== undefined) continue;
    const rest = expression.slice(at);
    if (isWordStart(expression, at) && SET_OPERATOR.test(rest)) return undefined;
    const [operator, comparison] = COMPARISON.exec(rest) ?? [];
    if (operator === undefined || comparison === undefined) continue;
    if (rule !== undefined) return undefined;
    const left = expression.slice(0, at).trim();
    const right = rest.slice(operator.length).trim();
    rule = { left, operator, right, asBool: `${left} ${comparison} bool ${right}` };
    at += operator.length - 1;
  }
  return rule;
}

const isWordStart = (text: string, at: number): boolean =>
  at === 0 || !/[\w:.]/.test(text[at - 1] as string);
