import { withKnownNames } from '../../load/schedule/options-object.ts';

/** Options given beside the script, by their names in a script; they are checked as those of the script are. */
export interface OptionOverrides {
  vus?: number | string;
  iterations?: number | string;
  duration?: string;
  stages?: { duration: string; target: number }[];
  httpDebug?: string;
  tags?: Record<string, string>;
  rps?: number | string;
  noSetup?: boolean;
  noTeardown?: boolean;
  summaryTrendStats?: string[];
  [option: string]: unknown;
}

const PLAN = ['scenarios', 'iterations', 'duration', 'stages'] as const;

/**
 * Puts options given beside the script over those that it exports. By k6's rule `iterations`, `duration` and `stages`
 * each replace the whole plan of the script: its scenarios and its shorthand for one.
 */
export function overrideOptions(exported: unknown, overrides: OptionOverrides): unknown {
  const given = Object.fromEntries(
    Object.entries(overrides).filter(([, value]) => value !== undefined),
  );
  if (Object.keys(given).length === 0) return exported;
  const own = withKnownNames(exported ?? {}, [...PLAN, ...Object.keys(given)]) as object;
  const isReplanned = PLAN.some((name) => given[name] !== undefined);
  const plan = isReplanned ? [...PLAN] : [];
  const kept = Object.entries(own).filter(([name]) => !(plan as string[]).includes(name));
  return { ...Object.fromEntries(kept), ...given };
}
