import { WorkerCrew } from '../k6/workers/worker-crew.ts';
import type { LoadRun, LoadSpec } from '../load/engine/load-run.ts';
import { startLoad } from '../load/engine/start-load.ts';
import type { LoadResult } from '../load/result.ts';
import type { LoadedScript } from '../load/vu/script.ts';
import type { RunDeps, ScriptRunOptions } from './context.ts';
import type { PreparedRun } from './run-kind.ts';

/** Runs the script's scenarios, by our own engine or by k6, and passes the ticks on until the load has ended. */
export async function fireLoad(
  script: LoadedScript,
  run: Pick<PreparedRun, 'env' | 'target' | 'history' | 'folder'> & Pick<LoadSpec, 'observe'>,
  options: ScriptRunOptions,
  { clock, onEvent, onLoad }: Pick<RunDeps, 'clock' | 'onEvent' | 'onLoad'>,
): Promise<LoadResult> {
  const { target, history, folder, observe } = run;
  const { overrides, workers = 1, k6 } = options;
  const env = { ...options.env, ...run.env };
  const optionsEnv = options.env;
  const spec: LoadSpec = {
    ...{ script, env, target, history, observe, clock },
    ...(workers > 1 && {
      crew: (deps) =>
        new WorkerCrew(
          { workers, script, optionsEnv, overrides, env, target, clock, history, folder },
          deps,
        ),
    }),
    log: (line) => onEvent({ type: 'log', line }),
  };
  const load = k6 === undefined ? startLoad(spec) : await startInK6(spec, k6, overrides);
  onLoad(load);
  for await (const tick of load.ticks) onEvent({ type: 'tick', tick });
  return load.result;
}

async function startInK6(
  spec: LoadSpec,
  { env }: NonNullable<ScriptRunOptions['k6']>,
  overrides: ScriptRunOptions['overrides'],
): Promise<LoadRun> {
  const { startK6 } = await import('../k6/binary/run-k6.ts');
  return startK6(spec, env, overrides);
}
