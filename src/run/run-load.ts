import { noHistory } from '../history/recorder.ts';
import { UserError } from '../kernel/errors.ts';
import type { LoadedScript } from '../load/vu/script.ts';
import { runFolder } from '../stack/run-folder.ts';
import { defaultTarget } from '../target/registry.ts';
import type { LoadReport } from './events.ts';
import {
  closeOutputs,
  describeEnvironment,
  findRunner,
  fireLoad,
  loadOutputs,
} from './fire-load.ts';
import { createPhases } from './phases.ts';
import type { RunDeps, RunOptions } from './run.ts';
import { createThresholdJudge } from './thresholds/index.ts';

/** Runs a script that sells nothing, against whatever its URLs name: there are numbers and thresholds, and no verdict. */
export async function runLoad(
  options: RunOptions & { env: Record<string, string> },
  script: LoadedScript,
  deps: RunDeps,
): Promise<LoadReport> {
  const { clock, onEvent, scope } = deps;
  if (options.historyFile !== undefined) {
    throw UserError.usage(`${script.name} sells nothing, so there is no history to keep`, {
      why: 'it exports no `sale`',
      next: 'leave --history out, or add `export const sale = { stock: 100, buyers: 2000 };`',
    });
  }
  const thresholds = await createThresholdJudge(script, options, deps);
  const startedAt = new Date(clock.nowMs()).toISOString();
  const runner = await findRunner(options);
  const folder = await scope.start(runFolder({ keep: false }));
  const outputs = await scope.start(loadOutputs(options.outputs ?? [], script, clock));
  const phase = createPhases(deps);
  await thresholds.rehearse({});
  const fired = await phase('load', 'the script exports no `sale`, so nothing is judged', () =>
    fireLoad(
      script,
      {
        optionsEnv: options.env,
        overrides: options.overrides,
        env: options.env,
        folder,
        target: defaultTarget,
        history: noHistory,
        observe: outputs.observe,
        workers: options.workers ?? 1,
        k6: options.k6,
      },
      deps,
    ),
  );
  const asked = await thresholds.ask(outputs.flush);
  const load = { ...fired, thresholds: [...fired.thresholds, ...asked] };
  const outputProblems = await closeOutputs(outputs, options, load);
  for (const line of outputProblems) onEvent({ type: 'log', line });
  return {
    scenario: script.name,
    seed: options.seed,
    runner,
    load,
    customMetrics: script.customMetrics,
    outputProblems,
    environment: describeEnvironment(options, startedAt),
  };
}
