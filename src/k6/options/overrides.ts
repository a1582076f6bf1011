import { withKnownNames } from '../../load/schedule/options-object.ts';
import { chooseScenarios, onlyOnce } from './chosen-scenarios.ts';

/** Options given beside the script, by their names in a script; they are checked as those of the script are. */
export interface OptionOverrides {
  vus?: number | string;
  iterations?: number | string;
  duration?: string;
  stages?: { duration: string; target: number }[];
  httpDebug?: string;
  tags?: Record<string, string>;
  /** The file of `--config` and its options, which stand below those of the script. */
  config?: { path: string; options: Record<string, unknown> };
  /** Set if no thresholds are judged, those of `ext.flashsale` included. */
  noThresholds?: boolean;
  /** The names of the scenarios that are run; absent: all. */
  chosen?: string[];
  /** Set if the scenario is run with one VU and one iteration. */
  once?: boolean;
  [option: string]: unknown;
}

const PLAN = ['scenarios', 'iterations', 'duration', 'stages'] as const;

/**
 * Puts options given beside the script over those that it exports, and these over those of a config file. By k6's rule
 * `iterations`, `duration` and `stages` each replace the whole plan below: its scenarios and its shorthand for one.
 *
 * @throws Error for a choice of scenarios that cannot be made
 */
export function overrideOptions(exported: unknown, overrides: OptionOverrides): unknown {
  const { config, noThresholds, chosen, once, ...options } = overrides;
  const own = config === undefined ? exported : putOver(config.options, exported ?? {});
  const put = putOver(own, options);
  const judged = noThresholds ? withoutThresholds(put) : put;
  const planned = chosen === undefined ? judged : chooseScenarios(judged, chosen);
  return once ? onlyOnce(planned, options) : planned;
}

function putOver(below: unknown, above: object): unknown {
  const named = withKnownNames(above, PLAN) as Record<string, unknown>;
  const given = Object.fromEntries(
    Object.entries(named).filter(([, value]) => value !== undefined && value !== null),
  );
  if (Object.keys(given).length === 0) return below;
  const own = withKnownNames(below ?? {}, [...PLAN, ...Object.keys(given)]) as object;
  const isReplanned = PLAN.some((name) => given[name] !== undefined);
  const plan = isReplanned ? [...PLAN] : [];
  const kept = Object.entries(own).filter(([name]) => !(plan as string[]).includes(name));
  return { ...Object.fromEntries(kept), ...given };
}

function withoutThresholds(options: unknown): unknown {
  const { thresholds: _, ...rest } = withKnownNames(options ?? {}, ['thresholds', 'ext']) as {
    thresholds?: unknown;
    ext?: { flashsale?: { thresholds?: unknown } };
  };
  if (rest.ext?.flashsale === undefined) return rest;
  const { thresholds: __, ...flashsale } = rest.ext.flashsale;
  return { ...rest, ext: { ...rest.ext, flashsale } };
}
