import { writeFile } from 'node:fs/promises';
import { cpus, release, type } from 'node:os';
import type { HistoryFile, HistoryRecorder } from '../history/recorder.ts';
import { findK6 } from '../k6/binary/find-k6.ts';
import { WorkerCrew } from '../k6/workers/worker-crew.ts';
import type { Clock } from '../kernel/clock.ts';
import { rootMessage } from '../kernel/errors.ts';
import type { LoadRun, LoadSpec } from '../load/engine/load-run.ts';
import { startLoad } from '../load/engine/start-load.ts';
import { exportSummary } from '../load/metrics/summary-export.ts';
import { type Outputs, openOutputs } from '../load/outputs/outputs.ts';
import type { LoadResult } from '../load/result.ts';
import type { LoadedScript } from '../load/vu/script.ts';
import type { Resource } from '../stack/resource.ts';
import type { Target } from '../target/target.ts';
import type { LoadReport } from './events.ts';
import type { RunDeps, RunOptions } from './run.ts';

/** Lets the buyers in, by our own engine or by k6, and tells of them until the last has left. */
export async function fireLoad(
  script: LoadedScript,
  load: Pick<LoadSpec, 'env' | 'observe'> & {
    /** `__ENV` as it was when the options were read, and what stood over them. */
    optionsEnv: Record<string, string>;
    overrides: RunOptions['overrides'];
    target: Target;
    history: HistoryRecorder & Pick<HistoryFile, 'adopt'>;
    folder: string;
    workers: number;
    k6: RunOptions['k6'];
  },
  { clock, onEvent, onLoad }: RunDeps,
): Promise<LoadResult> {
  const { workers, k6, ...shared } = load;
  const spec: LoadSpec = {
    script,
    env: load.env,
    history: load.history,
    observe: load.observe,
    target: load.target,
    clock,
    ...(workers > 1 && {
      crew: (deps) => new WorkerCrew({ ...shared, workers, script, clock }, deps),
    }),
    log: (line) => onEvent({ type: 'log', line }),
  };
  const run = k6 === undefined ? startLoad(spec) : await startInK6(spec, k6, load.overrides);
  onLoad(run);
  for await (const tick of run.ticks) onEvent({ type: 'tick', tick });
  return run.result;
}

async function startInK6(
  spec: LoadSpec,
  { env }: NonNullable<RunOptions['k6']>,
  overrides: RunOptions['overrides'],
): Promise<LoadRun> {
  const { startK6 } = await import('../k6/binary/run-k6.ts');
  return startK6(spec, env, overrides);
}

/** What is not the verdict's evidence may fail without taking the verdict along; the report tells of it. */
export function loadOutputs(
  specs: string[],
  { options }: LoadedScript,
  clock: Clock,
): Resource<Outputs> {
  let outputs: Outputs | undefined;
  return {
    name: 'the outputs',
    async start() {
      outputs = await openOutputs(specs, { options, clock });
      return outputs;
    },
    async stop() {
      await outputs?.close();
    },
  };
}

/** Ends the outputs; answers with what they could not take, one sentence each. */
export async function closeOutputs(
  outputs: Outputs,
  { summaryExport }: Pick<RunOptions, 'summaryExport'>,
  load: LoadResult,
): Promise<string[]> {
  return [...(await outputs.close()), ...(await writeSummaryExport(summaryExport, load))];
}

async function writeSummaryExport(path: string | undefined, load: LoadResult): Promise<string[]> {
  if (path === undefined) return [];
  try {
    await writeFile(path, `${JSON.stringify(exportSummary(load), null, 2)}\n`);
    return [];
  } catch (error) {
    return [`the summary ${path} cannot be written: ${rootMessage(error)}`];
  }
}

/** The k6 that is to let the buyers in, when one was asked for. Throws UserError when there is none to be used. */
export async function findRunner({ k6 }: Pick<RunOptions, 'k6'>): Promise<LoadReport['runner']> {
  return k6 && describeK6(await findK6(k6.env));
}

const describeK6 = (version: string): LoadReport['runner'] => ({
  name: `k6 ${version}`,
  notKnown: [
    'how late iterations began against their schedule: latencies count from the send alone',
    'whether the load generator was at its limits: of those only dropped iterations are seen',
    'how far calls had come that k6 cut off at its end: each counts as one that may have happened',
  ],
});

/** What a run was made with. */
export function describeEnvironment(
  { version, command }: Pick<RunOptions, 'version' | 'command'>,
  startedAt: string,
): LoadReport['environment'] {
  return {
    node: process.version,
    os: `${type()} ${release()}`,
    cpus: cpus().length,
    ...{ version, command, startedAt },
  };
}
