import * as z from 'zod';
import { durationMs } from '../../load/schedule/duration.ts';
import { executors } from '../../load/schedule/executors/registry.ts';
import { inAnyCase, withKnownNames } from '../../load/schedule/options-object.ts';
import type { ScenarioOptions } from '../../load/schedule/scenario-options.ts';
import { wholeNumber } from '../../load/schedule/whole-number.ts';
import { OptionsError, parse } from './parse.ts';

/** Scenarios as a script writes them, by their names. */
export type WrittenScenarios = Record<string, Record<string, unknown>>;

/** Names and their texts. k6 takes no numbers here. */
const texts = z.record(
  z.string(),
  z.preprocess(
    (text) => text ?? '',
    z.string({ error: ({ input }) => `${JSON.stringify(input)} is no text; write it in quotes` }),
  ),
);

/** Names and values that every sample gets. */
export const tagsSchema = texts;

/** The options that say which scenarios there are; all but the first are shorthand for one scenario. */
export const scenarioFields = {
  scenarios: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  vus: wholeNumber().optional(),
  iterations: wholeNumber().optional(),
  duration: z.union([z.string(), z.number()]).optional(),
  stages: z.array(inAnyCase(z.looseObject({ duration: z.unknown().optional() }))).optional(),
};

type ScenarioFields = z.output<z.ZodObject<typeof scenarioFields>>;

/** Fields that every scenario has, whatever its executor. */
const commonFields = {
  executor: z.string(),
  startTime: durationMs.default(0),
  gracefulStop: durationMs.default(30_000),
  exec: z.string().default('default'),
  env: texts.default({}),
  tags: tagsSchema.default({}),
};
const common = z.object(commonFields);

/**
 * The scenarios as written, or the one that the shorthand stands for, by k6's rules. `vus` alone means nothing.
 *
 * @throws OptionsError for two ways at once
 */
export function scenariosOf(options: ScenarioFields): WrittenScenarios {
  const { vus, iterations, duration, scenarios } = options;
  refuseTwoPlans(options);
  // k6 leaves out the stages without a duration here, and only here.
  const stages = (options.stages ?? []).filter((stage) => stage.duration !== undefined);
  if (iterations !== undefined) {
    return { default: { executor: 'shared-iterations', vus, iterations, maxDuration: duration } };
  }
  if (duration !== undefined) return { default: { executor: 'constant-vus', vus, duration } };
  if (stages.length > 0) {
    return { default: { executor: 'ramping-vus', stages, startVUs: vus } };
  }
  if (scenarios && Object.keys(scenarios).length > 0) return scenarios;
  return { default: { executor: 'per-vu-iterations' } };
}

/** `iterations` with `duration` is one plan: the duration limits the iterations. */
function refuseTwoPlans({ iterations, duration, stages = [], scenarios }: ScenarioFields): void {
  const given = { stages: stages.length > 0, scenarios: scenarios !== undefined };
  const shorthand =
    iterations !== undefined
      ? 'iterations'
      : duration !== undefined
        ? 'duration'
        : given.stages
          ? 'stages'
          : undefined;
  if (shorthand === undefined) return;
  const other = (['stages', 'scenarios'] as const).find(
    (name) => name !== shorthand && given[name],
  );
  if (other === undefined) return;
  throw new OptionsError(
    `using \`${shorthand}\` and \`${other}\` options simultaneously is not allowed`,
  );
}

/**
 * Checks one scenario and fills in k6's defaults.
 *
 * @param exports the names of the functions that it can run
 * @throws OptionsError
 */
export function readScenario(
  name: string,
  fields: Record<string, unknown>,
  exports: string[],
): ScenarioOptions {
  const place = `scenarios.${name}`;
  if (!/^[\w-]+$/.test(name)) {
    throw new OptionsError(
      `${place}: the name of a scenario has only letters from a to z, numbers, _ and -`,
    );
  }
  const executor = findExecutor(fields, place);
  const own = parse(executor.fields.extend(commonFields), fields, place);
  const { startTime, gracefulStop, exec, env, tags } = parse(common, fields, place);
  if (!exports.includes(exec)) {
    throw new OptionsError(
      exec === 'default'
        ? `${place} runs the default export, but the script exports no default function`
        : `${place}.exec names "${exec}", which the script does not export as a function`,
    );
  }
  return {
    name,
    executor: executor.name,
    plan: planOf(() => executor.plan(own as never), place),
    exec,
    startTimeMs: startTime,
    gracefulStopMs: gracefulStop,
    env,
    tags,
  };
}

function findExecutor(fields: object, place: string): (typeof executors)[number] {
  const { executor: name } = withKnownNames(fields, ['executor']) as { executor?: unknown };
  const executor = executors.find((candidate) => candidate.name === name);
  if (executor) return executor;
  const known = executors.map((candidate) => candidate.name).join(', ');
  throw new OptionsError(
    name === undefined
      ? `${place}.executor is missing (supported: ${known})`
      : `${place}.executor "${String(name)}" is not supported (supported: ${known})`,
  );
}

function planOf<Plan>(plan: () => Plan, place: string): Plan {
  try {
    return plan();
  } catch (error) {
    throw new OptionsError(`${place}: ${(error as Error).message}`, { cause: error });
  }
}
