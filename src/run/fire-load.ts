import { WorkerCrew } from '../k6/workers/worker-crew.ts';
import type { LoadSpec } from '../load/engine/load-run.ts';
import type { LoadResult } from '../load/result.ts';
import type { LoadedScript } from '../load/vu/script.ts';
import type { RunDeps, ScriptRunOptions } from './context.ts';
import { createTargetWatch } from './gone-target.ts';
import type { PreparedRun } from './run-kind.ts';
import type { Runner } from './runner.ts';

/** Has the runner run the script's scenarios, and passes its ticks on until the load has ended. */
export async function fireLoad(
  runner: Runner,
  script: LoadedScript,
  run: Pick<
    PreparedRun,
    'env' | 'target' | 'history' | 'folder' | 'startAtMs' | 'endsWithoutTarget' | 'watch'
  > &
    Pick<LoadSpec, 'observe' | 'tracer' | 'summaryForm'>,
  options: ScriptRunOptions,
  { clock, onEvent, onLimit, onLoad }: Pick<RunDeps, 'clock' | 'onEvent' | 'onLimit' | 'onLoad'>,
): Promise<LoadResult> {
  const { target, history, folder, startAtMs, observe, tracer, summaryForm, watch } = run;
  const { overrides, workers = 1, env: optionsEnv, beats, stopOn, tracesUrl } = options;
  const env = { ...optionsEnv, ...run.env };
  const load = runner.start({
    ...{ script, env, target, history, startAtMs, observe, tracer, summaryForm, clock, onLimit },
    ...(workers > 1 && {
      crew: (deps) =>
        new WorkerCrew(
          {
            ...{
              workers,
              share: script.options.share,
              script,
              optionsEnv,
              overrides,
              env,
              target,
              clock,
              history,
              folder,
              beats,
              tracesUrl,
            },
            hear: watch?.hear,
          },
          deps,
        ),
    }),
    log: (line) => onEvent({ type: 'log', line }),
  });
  onLoad(load);
  const watchTarget = createTargetWatch();
  let isGone = false;
  let isBroken = false;
  for await (const tick of load.ticks) {
    onEvent({ type: 'tick', tick });
    for (const violation of watch?.look(tick) ?? []) {
      const ends = stopOn === 'violation' && !isBroken;
      isBroken = true;
      onEvent({ type: 'violation', violation, ends });
      if (ends) load.stop('violation');
    }
    const reason = isGone ? undefined : watchTarget(tick);
    if (reason === undefined) continue;
    isGone = true;
    const then = run.endsWithoutTarget ? 'so the load ends here' : 'and the load goes on, as in k6';
    onEvent({ type: 'log', line: `${reason}, ${then}` });
    if (run.endsWithoutTarget) load.stop('target-gone');
  }
  return load.result;
}
