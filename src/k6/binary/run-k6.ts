import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import type { LoadRun, LoadSpec } from '../../load/engine/load-run.ts';
import { createTickStream } from '../../load/engine/tick-stream.ts';
import { writeSummaryOutput } from '../../load/metrics/summary-output.ts';
import type { LoadResult, LoadTick } from '../../load/result.ts';
import type { OptionOverrides } from '../options/overrides.ts';
import { argumentsFor, environmentFor } from './k6-command.ts';
import { assertRan, endedByException, type K6Exit, stoppedBy } from './k6-exit.ts';
import { createK6Log, type K6Log } from './k6-log.ts';
import { linesOf, parseLine } from './k6-output.ts';
import { createK6Results, type K6Results } from './k6-results.ts';
import { bundleForK6 } from './recording-bundle.ts';

const TICK_MS = 250;

/**
 * Does the same as `startLoad`, with the `k6` on PATH (see `findK6`). k6 writes its samples to a pipe. They are counted
 * and judged here like the samples of our own engine.
 *
 * @param env the environment of k6, with the `PATH` it is found on
 * @param overrides the options that won over those of the script when it was loaded
 */
export function startK6(
  spec: LoadSpec,
  env: NodeJS.ProcessEnv,
  overrides: OptionOverrides = {},
): LoadRun {
  const { script, log = () => {} } = spec;
  const ticks = createTickStream<LoadTick>();
  const results = createK6Results(spec);
  let child: ChildProcess | undefined;
  let stopped = false;
  let stopReason: LoadResult['stoppedBy'];
  let aborted = false;

  function signal(name: NodeJS.Signals): void {
    if (child?.exitCode === null && child.signalCode === null) child.kill(name);
  }

  async function run(): Promise<LoadResult> {
    const bundle = await bundleForK6(script);
    const k6Log = createK6Log({
      originOf: bundle.originOf,
      exceptions: results.exceptions,
      log,
    });
    const k6 = spawnK6(spec, env, overrides);
    child = k6;
    if (aborted) signal('SIGKILL');
    else if (stopped) signal('SIGINT');
    const closed = once(k6, 'close');
    // k6 may end before it has read the whole script. Its log then says why.
    k6.stdin.on('error', () => {});
    k6.stdin.end(bundle.code);
    const ticker = setInterval(() => ticks.push(results.tick()), TICK_MS);
    try {
      await Promise.all([
        readSamples(k6.stdout.setEncoding('utf8'), results, log),
        readLog(k6.stderr.setEncoding('utf8'), k6Log),
      ]);
      const [code, endSignal] = (await closed) as [number | null, NodeJS.Signals | null];
      return await finish({
        ...{ code, signal: endSignal, stopped, aborted },
        lastError: k6Log.lastError(),
        abortedByThreshold: k6Log.abortedByThreshold(),
      });
    } finally {
      clearInterval(ticker);
      signal('SIGKILL');
      ticks.end();
    }
  }

  async function finish(exit: K6Exit): Promise<LoadResult> {
    if (endedByException(exit, results.iterationsBegun())) {
      results.exceptions.record(exit.lastError);
    } else {
      assertRan(exit, script);
    }
    const reason = stoppedBy(exit);
    const result = results.finish(reason === 'interrupt' ? (stopReason ?? reason) : reason);
    ticks.push(results.tick());
    const summary = results.summary();
    if (!script.exports.includes('handleSummary') || summary === undefined) return result;
    return { ...result, summaryOutput: await writeSummaryOutput(summary.returned) };
  }

  const result = Promise.resolve().then(run);
  // A caller may await `result` only after it has read all ticks. A rejection before that must not end the process.
  result.catch(() => {});

  return {
    ticks,
    stop(reason) {
      stopped = true;
      stopReason ??= reason;
      signal('SIGINT');
    },
    abort() {
      aborted = true;
      signal('SIGKILL');
    },
    // The script runs in k6, which ends its loops itself.
    cut: () => false,
    result,
  };
}

function spawnK6(
  { script, target, env: variables, summaryForm }: LoadSpec,
  env: NodeJS.ProcessEnv,
  overrides: OptionOverrides,
): ChildProcessWithoutNullStreams {
  return spawn('k6', argumentsFor(target, variables, overrides, summaryForm), {
    // The script opens files by paths relative to its folder.
    cwd: dirname(script.path),
    env: environmentFor(env),
    // In a process group of its own k6 does not receive the terminal's Ctrl-C; this process decides what it means.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Counts the samples in k6's output. Other lines are printed by the script and go to the log. */
async function readSamples(
  stdout: AsyncIterable<string>,
  results: K6Results,
  log: (line: string) => void,
): Promise<void> {
  for await (const text of linesOf(stdout)) {
    const line = parseLine(text);
    if (line) results.add(line);
    else if (text !== '') log(text);
  }
}

async function readLog(stderr: AsyncIterable<string>, k6Log: K6Log): Promise<void> {
  for await (const text of linesOf(stderr)) k6Log.add(text);
}
