/** The laws of a sale. Each answer and each silent event of an explanation obeys all of them. */
export type Rule = keyof typeof RULES;

/**
 * Each rule as the sentence that a history contradicts which breaks it, and the check that looks for that. A history that
 * breaks one of several rules is counted under the first.
 */
export const RULES = {
  owner: { breach: 'a hold or an order obeyed a stranger', check: 'ownership' },
  sale: { breach: 'a hold was sold that was not live', check: 'legal-transitions' },
  release: { breach: 'a hold was released that was not live', check: 'legal-transitions' },
  cancel: { breach: 'an order was cancelled that did not stand', check: 'legal-transitions' },
  checkoutRefusal: {
    breach: 'a checkout was refused with a reason that was not true',
    check: 'no-false-refusal',
  },
  releaseRefusal: {
    breach: 'a release was refused with a reason that was not true',
    check: 'no-false-refusal',
  },
  cancelRefusal: {
    breach: 'a cancellation was refused with a reason that was not true',
    check: 'no-false-refusal',
  },
  already: {
    breach: 'a buyer was told to have units already, and had none',
    check: 'no-false-refusal',
  },
  read: {
    breach: 'a reader was told counts that the stock did not have',
    check: 'monotonic-reads',
  },
  soldOut: {
    breach: 'a buyer was turned away while enough units were free',
    check: 'no-false-sold-out',
  },
  limit: { breach: 'a buyer got more units than the sale allows', check: 'one-per-buyer' },
  stock: { breach: 'more units were promised than there are', check: 'never-oversold' },
} as const;

export const RULE_NAMES = Object.keys(RULES) as Rule[];
