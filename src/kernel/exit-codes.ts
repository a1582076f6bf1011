/** The CLI's exit codes: documented, stable, and the contract CI gates on. */
export const ExitCode = {
  valid: 0,
  internalError: 1,
  usage: 2,
  environment: 3,
  invariantBroken: 10,
  thresholdMissed: 11,
  inconclusive: 12,
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
