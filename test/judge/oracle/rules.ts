/** The laws of a sale. Each answer and each silent event of an explanation obeys all of them. */
export type Rule = keyof typeof RULES;

/**
 * Each rule as the sentence that a history contradicts which breaks it, and the check that looks for that. A history that
 * breaks one of several rules is counted under the first.
 */
export const RULES = {
  key: { breach: 'one idempotency key had several effects', check: 'exactly-once' },
  track: {
    breach: 'events were told to be new that were stored before, or the other way round',
    check: 'analytics-agreement',
  },
  keyRefusal: {
    breach: 'a call was refused whose idempotency key had been answered yes',
    check: 'exactly-once',
  },
  owner: { breach: 'a hold, an order or a voucher obeyed a stranger', check: 'ownership' },
  voucher: {
    breach: 'a voucher was used that could not be used any more',
    check: 'single-redemption',
  },
  ticket: { breach: 'a ticket was let in twice', check: 'single-check-in' },
  reward: {
    breach: 'a player was given two vouchers for a quest, or one that was told to be gone',
    check: 'reward-capacity',
  },
  order: {
    breach: 'a ticket was let in that no order of the answers can have',
    check: 'tickets-match-sales',
  },
  attempt: { breach: 'a second attempt of a buyer was accepted', check: 'one-per-buyer' },
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
  voucherRefusal: {
    breach: 'the use of a voucher was refused with a reason that was not true',
    check: 'no-false-refusal',
  },
  ticketRefusal: {
    breach: 'a ticket was refused as let in already, and was not',
    check: 'single-check-in',
  },
  attempted: {
    breach: 'a buyer was told to have attempted already, and had not',
    check: 'no-false-refusal',
  },
  already: {
    breach: 'a buyer was told to have units already, and had none',
    check: 'no-false-refusal',
  },
  decision: {
    breach: 'a buyer was told of a decision that was not made',
    check: 'monotonic-reads',
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
  basket: {
    breach: 'some lines of a basket happened and others did not',
    check: 'all-or-nothing',
  },
  stock: { breach: 'more units were promised than there are', check: 'never-oversold' },
} as const;

export const RULE_NAMES = Object.keys(RULES) as Rule[];
