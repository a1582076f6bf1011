/** The ways in which the simulated ledger can be wrong. */
export const BUGS = [
  'lost-update',
  'double-release',
  'lost-acknowledgement',
  'phantom',
  'refused-but-done',
  'late-confirm',
  'duplicate-buyer',
  'early-expiry',
  'false-sold-out',
  'dead-sweeper',
  'repeated-number',
  'uncounted',
  'overfull-campaign',
  'double-redemption',
  'ignored-key',
  'kept-money',
  'undecided-attempt',
  'lost-event',
  'stale-cache',
] as const;
export type Bug = (typeof BUGS)[number];
