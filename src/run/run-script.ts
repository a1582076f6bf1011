import type { LoadTick } from '../load/result.ts';
import type { LoadedScript } from '../load/vu/script.ts';
import type { RunDeps, ScriptRunOptions } from './context.ts';
import { describeEnvironment } from './environment.ts';
import type { RunEvent } from './events.ts';
import { fireLoad } from './fire-load.ts';
import { closeOutputs, readSummaryForm, runOutputs } from './outputs.ts';
import { createPhases } from './phases.ts';
import type { RunKind } from './run-kind.ts';
import type { LoadReport, SaleReport } from './run-report.ts';
import { findRunner } from './runner.ts';
import { createRunThresholds } from './thresholds/index.ts';
import { runTraces } from './traces.ts';

/** Runs a loaded script: prepares, fires the load, collects evidence, asks queries, judges, and reports. */
export async function runScript(
  script: LoadedScript,
  kind: RunKind,
  options: ScriptRunOptions,
  deps: RunDeps,
): Promise<LoadReport | SaleReport> {
  const { clock, onEvent, scope } = deps;
  const phase = createPhases(deps);
  const startedAt = new Date(clock.nowMs()).toISOString();
  const course: LoadTick[] = [];
  const keepTicks = (event: RunEvent): void => {
    if (event.type === 'tick') course.push(event.tick);
    onEvent(event);
  };
  const loadDeps = options.reportFile === undefined ? deps : { ...deps, onEvent: keepTicks };

  const thresholds = await createRunThresholds(script, options, deps);
  const summaryForm = await readSummaryForm(script, options);
  const runner = await findRunner(options);
  const outputs = await scope.start(runOutputs(options.outputs ?? [], script, deps));
  const traces = await scope.start(runTraces(options));
  const run = await kind.prepare(startedAt);
  await thresholds.prepareQueries(run.queried);

  const fired = await phase('load', run.detail, async () => {
    if (run.faults !== undefined) await scope.start(run.faults);
    return fireLoad(
      runner,
      script,
      { ...run, observe: outputs.observe, tracer: traces.tracer, summaryForm },
      options,
      loadDeps,
    );
  });

  await run.collectEvidence(fired);
  const queried = await thresholds.askQueries(outputs.flush);
  const findings = await run.judge();
  // A part makes no checks: those of all parts are made when their histories are judged.
  const checked = run.part ? [] : thresholds.judgeChecks(findings?.verdict.checks ?? []);
  const load = { ...fired, thresholds: [...fired.thresholds, ...checked, ...queried] };

  deps.series?.conclude({ load, verdict: findings?.verdict });
  const outputProblems = await closeOutputs(outputs, options, load, { clock, summaryForm });
  const unsent = await traces.close();
  if (unsent !== undefined) outputProblems.push(unsent);
  for (const line of outputProblems) onEvent({ type: 'log', line });
  return {
    scenario: script.name,
    seed: options.seed,
    runner: runner.description,
    load,
    ...(course.length > 0 && { course }),
    customMetrics: script.customMetrics.map(({ name }) => name),
    outputProblems,
    environment: describeEnvironment(options, startedAt),
    ...(run.part && { part: run.part }),
    ...findings,
  };
}
