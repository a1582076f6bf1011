/** Options given beside the script, named like k6's flags. */
export interface OptionOverrides {
  vus?: number;
  iterations?: number;
  duration?: string;
  stages?: { duration: string; target: number }[];
  httpDebug?: string;
}

/**
 * Puts options given beside the script over those that it exports. By k6's rule `iterations`, `duration` and `stages`
 * each replace the whole plan of the script: its scenarios and its shorthand for one.
 */
export function overrideOptions(exported: unknown, overrides: OptionOverrides): unknown {
  const { vus, httpDebug, ...plan } = overrides;
  const given = Object.fromEntries(
    Object.entries(overrides).filter(([, value]) => value !== undefined),
  );
  if (Object.keys(given).length === 0) return exported;
  const isReplanned = Object.values(plan).some((value) => value !== undefined);
  const noPlan = {
    scenarios: undefined,
    iterations: undefined,
    duration: undefined,
    stages: undefined,
  };
  return {
    ...(exported as Record<string, unknown> | undefined),
    ...(isReplanned && noPlan),
    ...given,
  };
}
