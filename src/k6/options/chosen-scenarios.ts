import { parseSelector } from '../../load/metrics/thresholds.ts';
import { withKnownNames } from '../../load/schedule/options-object.ts';

const PLAN = ['scenarios', 'vus', 'iterations', 'duration', 'stages'] as const;

/**
 * The options with the scenarios of these names alone, and without the thresholds over the others. A script that has no scenarios
 * has one by the name of `default`.
 *
 * @throws Error for a name that no scenario has
 */
export function chooseScenarios(options: unknown, names: string[]): unknown {
  const { scenarios, thresholds, ...others } = withKnownNames(options ?? {}, [
    ...(['scenarios', 'thresholds'] as const),
  ]) as { scenarios?: object; thresholds?: object };
  const known = Object.keys(scenarios ?? { default: {} });
  const stranger = names.find((name) => !known.includes(name));
  if (stranger !== undefined) {
    throw new Error(`--scenario names ${stranger}, and the script has ${known.join(', ')}`);
  }
  if (scenarios === undefined) return options;
  const isChosen = (name: string): boolean => names.includes(name);
  return {
    ...others,
    scenarios: onlyWith(scenarios, isChosen),
    ...(thresholds && {
      thresholds: onlyWith(thresholds, (metric) => {
        const of = parseSelector(metric)?.tags.find(([tag]) => tag === 'scenario');
        return of === undefined || isChosen(of[1]);
      }),
    }),
  };
}

/**
 * The options with a plan of one VU and one iteration. The scenario keeps its function, its variables and its tags.
 *
 * @param given the options of the command line
 * @throws Error when there are several scenarios, or the command line has another plan as well
 */
export function onlyOnce(options: unknown, given: Record<string, unknown>): unknown {
  const other = PLAN.find((name) => given[name] !== undefined);
  if (other !== undefined) throw new Error(`--once and --${other} are two plans; leave one out`);
  const read = withKnownNames(options ?? {}, PLAN) as { scenarios?: Record<string, object> };
  const { scenarios } = read;
  const others = onlyWith(read, (name) => !(PLAN as readonly string[]).includes(name));
  if (scenarios === undefined) return { ...others, vus: 1, iterations: 1 };
  const names = Object.keys(scenarios);
  const [name = 'default'] = names;
  if (names.length > 1) {
    throw new Error(
      `--once runs one scenario, and the script has ${names.join(', ')}; add --scenario ${name}`,
    );
  }
  const kept = ['exec', 'env', 'tags', 'options'];
  const scenario = onlyWith(withKnownNames(scenarios[name] ?? {}, kept) as object, (field) =>
    kept.includes(field),
  );
  const plan = { executor: 'shared-iterations', vus: 1, iterations: 1 };
  return { ...others, scenarios: { [name]: { ...scenario, ...plan } } };
}

const onlyWith = (fields: object, isKept: (name: string) => boolean): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => isKept(name)));
