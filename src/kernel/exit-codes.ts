/** The exit codes of the CLI. They are documented and stable, because CI pipelines depend on them. */
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
