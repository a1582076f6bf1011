import { randomUUID } from 'node:crypto';
import { parseDurationMs } from '../../../load/schedule/parse-duration.ts';
import type { Vu } from '../../../load/vu/vu.ts';
import { check } from '../k6.ts';
import type { K6Module } from '../module.ts';

/**
 * `https://jslib.k6.io/k6-utils/…`, built in, as described at
 * https://grafana.com/docs/k6/latest/javascript-api/jslib/utils/. Its random values follow `randomSeed`.
 */
export const k6UtilsModule: K6Module = (vu) => {
  const draw = (below: number): number => Math.floor(vu.random() * below);
  return {
    check: (
      value: unknown,
      ...rest: [checks: Record<string, unknown>, tags?: Record<string, unknown>]
    ) =>
      value instanceof Promise
        ? value.then((known) => check(vu, known, ...rest))
        : check(vu, value, ...rest),
    findBetween,
    getCurrentStageIndex: () => runningStage(vu).index,
    normalDistributionStages,
    parseDuration,
    randomIntBetween: (min: number, max: number) => Math.floor(vu.random() * (max - min + 1) + min),
    randomItem: (items: unknown[]) => items[draw(items.length)],
    randomString: (length: number, charset = 'abcdefghijklmnopqrstuvwxyz') =>
      Array.from({ length }, () => charset[draw(charset.length)]).join(''),
    tagWithCurrentStageIndex() {
      vu.tags.stage = String(runningStage(vu).index);
    },
    tagWithCurrentStageProfile() {
      vu.tags.stage_profile = profileOf(runningStage(vu));
    },
    uuidv4: (secure = false) =>
      secure ? randomUUID() : uuidOf(Array.from({ length: 16 }, () => draw(256))),
  };
};

/** A UUID of version 4 with these bytes, except for the six bits that name version and variant. */
function uuidOf(bytes: number[]): string {
  const hex = Buffer.from(bytes).toString('hex');
  const variant = '89ab'[Number.parseInt(hex[16] as string, 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join('-');
}

/** The text between `left` and `right`: the first one, or with `repeat` all of them. Null if there is none. */
function findBetween(
  content: string,
  left: string,
  right: string,
  repeat = false,
): string | string[] | null {
  const found: string[] = [];
  for (let at = 0; ; ) {
    const start = content.indexOf(left, at);
    if (start < 0) break;
    const end = content.indexOf(right, start + left.length);
    if (end < 0) break;
    const between = content.slice(start + left.length, end);
    if (!repeat) return between;
    found.push(between);
    at = end + right.length;
  }
  return found.length > 0 ? found : null;
}

/** Stages whose targets follow a bell curve, from two standard deviations before its peak to two after it, then 0. */
function normalDistributionStages(
  vusMax: number,
  durationSeconds: number,
  numberOfStages = 10,
): { duration: string; target: number }[] {
  const ends = `${Math.ceil(durationSeconds / 6)}s`;
  const between = `${Math.ceil((4 * durationSeconds) / (6 * numberOfStages))}s`;
  const heights = Array.from({ length: numberOfStages + 1 }, (_, stage) =>
    Math.exp(-((-2 + (4 * stage) / numberOfStages) ** 2) / 2),
  );
  const peak = Math.max(...heights);
  const stages = heights.map((height, stage) => ({
    duration: stage === 0 ? ends : between,
    target: Math.round((height * vusMax) / peak),
  }));
  return [...stages, { duration: ends, target: 0 }];
}

function parseDuration(text: string): number {
  const ms = parseDurationMs(text ?? '');
  if (ms === undefined) throw new Error(`"${text}" is not a duration like 30s or 1m30s`);
  return ms;
}

interface Stages {
  stages: { duration: string | number; target: number }[];
  /** The index of the stage that runs, or of the last stage once all have ended. */
  index: number;
}

function runningStage({ currentIteration, run }: Vu): Stages {
  if (!currentIteration)
    throw new Error('there is a stage inside a scenario only, not in init code or setup()');
  const { name, executor } = currentIteration.scenario;
  const scenarios = run.options.scenarios as Record<string, Partial<Stages>>;
  const stages = scenarios[name]?.stages;
  if (!stages?.length) {
    throw new Error(
      `the scenario "${name}" has no stages; only those of ramping executors have, and it is ${executor}`,
    );
  }
  let leftMs = Date.now() - currentIteration.scenarioStartedAtMs;
  const running = stages.findIndex(({ duration }) => {
    leftMs -= parseDurationMs(duration) ?? 0;
    return leftMs < 0;
  });
  return { stages, index: running < 0 ? stages.length - 1 : running };
}

/** Compares the target of a stage with the one before it. The first stage always counts as `ramp-up`. */
function profileOf({ stages, index }: Stages): 'ramp-up' | 'steady' | 'ramp-down' {
  const [before, now] = [stages[index - 1]?.target, stages[index]?.target as number];
  if (before === undefined || now > before) return 'ramp-up';
  return now === before ? 'steady' : 'ramp-down';
}
