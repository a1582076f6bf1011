import { systemClock } from '../../kernel/clock.ts';
import { type LoadRun, startLoad } from '../../load/engine.ts';
import type { LoadResult, LoadTick } from '../../load/result.ts';
import { createMemoryHistory, type MemoryHistory, writeFiles } from '../../load/testing/harness.ts';
import { referenceTarget } from '../../target/reference.ts';
import { loadScript } from '../load-script.ts';

export interface ScriptRun {
  result: LoadResult;
  ticks: LoadTick[];
  history: MemoryHistory;
  log: string[];
}

/** Writes a script to disk, loads it and runs it to its end, as the CLI would. */
export async function runScript(
  source: string,
  {
    env = {},
    files = {},
    whileRunning = () => {},
  }: {
    env?: Record<string, string>;
    files?: Record<string, string>;
    whileRunning?: (run: LoadRun) => void;
  } = {},
): Promise<ScriptRun> {
  const folder = writeFiles({ 'script.ts': source, ...files });
  try {
    const script = await loadScript(folder.path('script.ts'), { env });
    const history = createMemoryHistory();
    const log: string[] = [];
    const run = startLoad({
      script,
      env,
      target: referenceTarget,
      history,
      clock: systemClock,
      log: (line) => log.push(line),
    });
    whileRunning(run);
    const ticks: LoadTick[] = [];
    for await (const tick of run.ticks) ticks.push(tick);
    return { result: await run.result, ticks, history, log };
  } finally {
    folder.remove();
  }
}
