import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { createHistoryPart } from '../../history/recorder.ts';
import { clockSince } from '../../kernel/clock.ts';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import { createThreadCrew } from '../../load/engine/thread-crew.ts';
import { RequestError } from '../../load/http/request-error.ts';
import { deepenStacks, guardRejections } from '../../load/metrics/exceptions.ts';
import type { SampleObserver } from '../../load/metrics/metrics.ts';
import { createTally, noCounts } from '../../load/metrics/tally.ts';
import { createRendezvous } from '../../load/rendezvous/rendezvous.ts';
import { IterationInterrupted } from '../../load/schedule/iteration.ts';
import { createVuFactory } from '../../load/vu/vu-factory.ts';
import { targetNamed } from '../../target/registry.ts';
import { loadScript } from '../script/load-script.ts';
import type { FromWorker, SampleRow, ToWorker, WorkerOrder } from './messages.ts';

// A worker thread: loads the script, runs its share of the scenarios with the engine's own crew, and reports what was
// counted. What is decided of the run (thresholds, its end, its summary) is decided by whoever started it.

const REPORT_EVERY_MS = 250;
/** More than this is not kept for the next report. */
const SAMPLES_MAX = 5_000;
/** A timer may be late by as much; the rest is spent looking at the clock. */
const SPIN_MS = 2;

const port = parentPort as MessagePort;
const post = (message: FromWorker): void => port.postMessage(message);

async function work(order: WorkerOrder): Promise<void> {
  const clock = clockSince(order.clockOriginNs);
  const now = (): number => clock.monotonicNs() / 1e6;
  const log = (line: string): void => post({ type: 'log', line });
  const script = await loadScript(order.scriptPath, {
    env: order.optionsEnv,
    overrides: order.overrides,
    remoteModules: order.remoteModules,
  });
  const history = createHistoryPart(order.historyPath, clock);
  let samples: SampleRow[] = [];
  const observe: SampleObserver = ({ name, type, contains }, value, source) => {
    const tags = source.allTags();
    samples.push({ name, metricType: type, contains, value, tags, timeMs: clock.nowMs() });
    if (samples.length >= SAMPLES_MAX) report();
  };
  const tally = createTally(script.options, {
    describeError: script.describeError,
    // Whoever takes the tallies together says each message once.
    log: () => {},
    observe: order.wantsSamples ? observe : undefined,
    hasSummary: script.exports.includes('handleSummary'),
  });
  const { counts } = tally;
  /** What was reported already, for scripts that ask. */
  const reported = noCounts();
  let startMs: number | undefined;
  let setupData: string | undefined;

  const rendezvous = createRendezvous({
    now,
    log,
    onGathered: (meeting) => post({ type: 'gathered', ...meeting }),
    onReleased: (times) => post({ type: 'released', times }),
  });
  const vus = createVuFactory({
    script,
    env: order.env,
    target: targetNamed(order.target),
    history,
    clock,
    log,
    tally,
    run: {
      elapsedMs: () => (startMs === undefined ? 0 : now() - startMs),
      iterationsCompleted: () => reported.iterations + counts.iterations,
      iterationsInterrupted: () => reported.interrupted + counts.interrupted,
      vusActive: () => reported.vusActive + counts.vusActive,
      vusInitialized: () => reported.vusMade + counts.vusMade,
      options: script.options.exported,
      abort: (reason) => post({ type: 'script-abort', reason }),
      fail: (reason) => tally.exceptions.record(new Error(reason)),
    },
    share: order.share,
    rendezvous,
    setupData: () => setupData,
  });
  const { scenarios } = script.options;
  const crew = createThreadCrew({
    scenarios,
    share: order.share,
    vus,
    tally,
    now,
    nowMs: clock.nowMs,
  });

  function report(): void {
    const drained = tally.drain();
    for (const name of Object.keys(reported) as (keyof typeof reported)[]) {
      reported[name] += drained.counts[name];
    }
    const [progress, offered] = [crew.progress(), crew.offered()];
    const lagMsMax = crew.takeLagMsMax();
    post({ type: 'report', tally: drained, samples, progress, offered, lagMsMax });
    samples = [];
  }

  async function run(start: Extract<ToWorker, { type: 'run' }>): Promise<void> {
    startMs = start.startMs;
    setupData = start.setupData;
    const reporter = setInterval(report, REPORT_EVERY_MS);
    try {
      await crew.run(start.startMs);
    } finally {
      clearInterval(reporter);
      rendezvous.close();
    }
    await history.close();
    report();
    post({ type: 'done', lagMsP99: crew.lagMsP99() });
  }

  function letGo({ name, round, atMs }: Extract<ToWorker, { type: 'go' }>): void {
    setTimeout(
      () => {
        while (now() < atMs);
        rendezvous.release(name, round);
      },
      atMs - now() - SPIN_MS,
    );
  }

  deepenStacks();
  guardRejections(
    (error) =>
      error instanceof IterationInterrupted || error instanceof RequestError || script.owns(error),
    (error) => {
      if (!(error instanceof IterationInterrupted)) tally.exceptions.record(error);
    },
  );
  const fail = (error: unknown): void => {
    const why = error instanceof UserError ? rootMessage(error) : script.describeError(error);
    post({ type: 'failed', why });
  };
  port.on('message', (message: ToWorker) => {
    if (message.type === 'run') run(message).catch(fail);
    else if (message.type === 'go') letGo(message);
    else crew[message.type]();
  });
  try {
    await crew.prepare();
  } catch (error) {
    fail(error);
    return;
  }
  post({ type: 'ready' });
}

work(workerData as WorkerOrder).catch((error) => post({ type: 'failed', why: rootMessage(error) }));
