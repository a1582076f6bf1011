import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { UserError } from '../../kernel/errors.ts';
import type { LoadRun, LoadSpec } from '../../load/engine/load-run.ts';
import { createTickStream } from '../../load/engine/tick-stream.ts';
import { writeSummaryOutput } from '../../load/metrics/summary-output.ts';
import type { LoadResult } from '../../load/result.ts';
import { REQUEST_ID_HEADER } from '../../protocol/headers.ts';
import type { Target } from '../../target/target.ts';
import type { OptionOverrides } from '../options.ts';
import { createK6Log, type K6Log } from './k6-log.ts';
import { linesOf, parseLine } from './k6-output.ts';
import { createK6Results } from './k6-results.ts';
import { ORDER_VARIABLE, type RecordingOrder } from './notes.ts';
import { bundleForK6 } from './recording-bundle.ts';

const TICK_MS = 250;

/** The exit codes with which k6 ends a run that has a result. */
const ENDS = { done: 0, thresholds: 99, interrupted: 105, scriptAborted: 108, markedAsFailed: 110 };
/** `setup` or `teardown` threw, or init code. */
const SCRIPT_EXCEPTION = 107;

/**
 * What `startLoad` does, by the `k6` on PATH (see `findK6`). k6 sends its samples through a pipe, and they are counted
 * and judged here as those of our own engine are.
 *
 * @param env what it is run in, with the `PATH` it is found on
 * @param overrides what stood over the script's options when they were read
 */
export function startK6(
  spec: LoadSpec,
  env: NodeJS.ProcessEnv,
  overrides: OptionOverrides = {},
): LoadRun {
  const { script, log = () => {} } = spec;
  const ticks = createTickStream<ReturnType<typeof results.tick>>();
  const results = createK6Results(spec);
  let child: ChildProcess | undefined;
  let stopped = false;
  let aborted = false;

  function signal(name: NodeJS.Signals): void {
    if (child?.exitCode === null && child.signalCode === null) child.kill(name);
  }

  async function main(): Promise<LoadResult> {
    const bundle = await bundleForK6(script);
    const { exceptions } = results;
    const said = createK6Log({ originOf: bundle.originOf, exceptions, log });
    const k6 = spawn('k6', argumentsFor(spec, overrides), {
      // As in k6, files are opened relative to the script.
      cwd: dirname(script.path),
      env: environmentOf(env),
      // A terminal's Ctrl-C is for us alone, who decide what it means.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child = k6;
    if (aborted) signal('SIGKILL');
    else if (stopped) signal('SIGINT');
    const closed = once(k6, 'close');
    // It may end before it has read all of the script, and says why.
    k6.stdin.on('error', () => {});
    k6.stdin.end(bundle.code);
    const ticker = setInterval(() => ticks.push(results.tick()), TICK_MS);
    try {
      await Promise.all([
        readSamples(k6.stdout.setEncoding('utf8')),
        readLog(k6.stderr.setEncoding('utf8'), said),
      ]);
      const [code] = (await closed) as [number | null];
      // What teardown throws comes after the load, and does not undo it.
      if (code === SCRIPT_EXCEPTION && results.begun() > 0) exceptions.record(said.lastError());
      else assertRan(code, said);
      if (code === ENDS.markedAsFailed) exceptions.record(said.lastError());
      const result = results.conclude(stoppedBy(code, said));
      ticks.push(results.tick());
      const summary = results.summary();
      if (!script.exports.includes('handleSummary') || summary === undefined) return result;
      return { ...result, summaryOutput: await writeSummaryOutput(summary.returned) };
    } finally {
      clearInterval(ticker);
      signal('SIGKILL');
      ticks.end();
    }
  }

  async function readSamples(stdout: AsyncIterable<string>): Promise<void> {
    for await (const text of linesOf(stdout)) {
      const line = parseLine(text);
      if (line) results.add(line);
      else if (text !== '') log(text);
    }
  }

  async function readLog(stderr: AsyncIterable<string>, said: K6Log): Promise<void> {
    for await (const text of linesOf(stderr)) said.add(text);
  }

  /** @throws UserError when k6 ended without a result */
  function assertRan(code: number | null, said: K6Log): void {
    if (aborted || Object.values(ENDS).some((known) => known === code)) return;
    // Told to stop before it could listen, it dies of the signal.
    if (stopped && child?.signalCode === 'SIGINT') return;
    const why = said.lastError() ?? 'k6 does not say why';
    if (code === SCRIPT_EXCEPTION) {
      throw UserError.usage(`${script.name} failed in k6`, {
        why,
        next: `mend ${script.path} and run it again`,
      });
    }
    throw UserError.environment('k6 did not run the scenario', {
      why: `it ended with ${code === null ? `signal ${child?.signalCode}` : `code ${code}`}: ${why}`,
      next: 'leave --runner out to see whether the scenario itself runs',
    });
  }

  function stoppedBy(code: number | null, said: K6Log): LoadResult['stoppedBy'] {
    if (stopped || aborted || code === ENDS.interrupted) return 'interrupt';
    if (code === ENDS.scriptAborted) return 'script-abort';
    return said.abortedByThreshold() ? 'threshold' : undefined;
  }

  const result = Promise.resolve().then(main);
  // Whoever reads the ticks first and asks for the result later must not lose the process to a rejection in between.
  result.catch(() => {});

  return {
    ticks,
    stop() {
      stopped = true;
      signal('SIGINT');
    },
    abort() {
      aborted = true;
      signal('SIGKILL');
    },
    result,
  };
}

function argumentsFor({ env, target }: LoadSpec, overrides: OptionOverrides): string[] {
  const variables = { ...env, [ORDER_VARIABLE]: JSON.stringify(orderFor(target)) };
  return [
    'run',
    // What it prints is samples, one JSON each, and nothing else.
    ...['--out', 'json=-', '--quiet', '--no-color', '--log-format', 'json'],
    // It neither listens nor calls home.
    ...['--address', '', '--no-usage-report', '--include-system-env-vars=false'],
    ...flagsFor(overrides),
    ...Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    '-',
  ];
}

/** What k6 calls the same. */
function flagsFor({ vus, iterations, duration, stages, httpDebug }: OptionOverrides): string[] {
  return [
    ...Object.entries({ vus, iterations, duration, 'http-debug': httpDebug }).flatMap(
      ([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]),
    ),
    ...(stages ?? []).map((stage) => `--stage=${stage.duration}:${stage.target}`),
  ];
}

/** k6's own variables would change the run behind the scenario's back. */
function environmentOf(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('K6_'));
  return { ...Object.fromEntries(kept), K6_AUTO_EXTENSION_RESOLUTION: 'false' };
}

function orderFor({ operations, callIdHeader }: Target): RecordingOrder {
  return {
    routes: operations.map(({ method, path }) => [method, patternOf(path)]),
    ...(callIdHeader === undefined ? {} : { callIdHeader }),
    callIdPrefix: randomBytes(9).toString('hex'),
    requestIdHeader: REQUEST_ID_HEADER.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()),
  };
}

const patternOf = (path: string): string =>
  `^${path
    .split('/')
    .map((part) =>
      part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('/')}$`;
