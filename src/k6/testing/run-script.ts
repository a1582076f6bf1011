import { systemClock } from '../../kernel/clock.ts';
import type { LoadRun, LoadSpec } from '../../load/engine/load-run.ts';
import { startLoad } from '../../load/engine/start-load.ts';
import { openOutputs } from '../../load/outputs/outputs.ts';
import type { LoadResult, LoadTick } from '../../load/result.ts';
import { writeFiles } from '../../load/testing/files.ts';
import { createMemoryHistory, type MemoryHistory } from '../../load/testing/memory-history.ts';
import { referenceTarget } from '../../target/reference.ts';
import type { OptionOverrides } from '../options/overrides.ts';
import { loadScript } from '../script/load-script.ts';

export interface ScriptRun {
  result: LoadResult;
  ticks: LoadTick[];
  history: MemoryHistory;
  log: string[];
  /** Samples that the outputs lost, in words. */
  outputProblems: string[];
}

let usualWay: 'threads' | undefined;

/** Lets every script of this test file run in a thread for each VU. */
export function runScriptsInThreads(): void {
  usualWay = 'threads';
}

/** True if scripts run in threads: for tests of what is different there. */
export const runsInThreads = (): boolean => usualWay === 'threads';

/** Writes a script to disk, loads it and runs it to its end, as the CLI does. */
export async function runScript(
  source: string,
  {
    env = {},
    files = {},
    overrides = {},
    outputs: outputSpecs = [],
    start = startLoad,
    whileRunning = () => {},
    way = usualWay,
  }: {
    env?: Record<string, string>;
    files?: Record<string, string>;
    overrides?: OptionOverrides;
    /** Starts the script: on our own engine, or in k6. */
    start?: (spec: LoadSpec) => LoadRun;
    /** Outputs as in the option `--out`. */
    outputs?: string[];
    whileRunning?: (run: LoadRun) => void;
    way?: 'threads' | undefined;
  } = {},
): Promise<ScriptRun> {
  const folder = writeFiles({ 'script.ts': source, ...files });
  try {
    const script = await loadScript(folder.path('script.ts'), { env, overrides, way });
    const history = createMemoryHistory();
    const log: string[] = [];
    const { options } = script;
    const outputs = await openOutputs(outputSpecs, { options, clock: systemClock });
    const run = start({
      script,
      env,
      target: referenceTarget,
      history,
      clock: systemClock,
      log: (line) => {
        if (!line.startsWith('each VU runs the script in a thread')) log.push(line);
      },
      observe: outputs.observe,
    });
    whileRunning(run);
    const ticks: LoadTick[] = [];
    for await (const tick of run.ticks) ticks.push(tick);
    const result = await run.result;
    return { result, ticks, history, log, outputProblems: await outputs.close() };
  } finally {
    folder.remove();
  }
}
