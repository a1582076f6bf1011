import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { watchCalls } from '../../history/call-watch.ts';
import { createHistoryPart } from '../../history/recorder.ts';
import { clockSince } from '../../kernel/clock.ts';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import type { Crew } from '../../load/engine/crew.ts';
import { guardScript } from '../../load/engine/guard-script.ts';
import { createThreadCrew } from '../../load/engine/thread-crew.ts';
import { createRendezvous, type Rendezvous } from '../../load/rendezvous/rendezvous.ts';
import type { RunView } from '../../load/vu/run-view.ts';
import { createVuFactory } from '../../load/vu/vu-factory.ts';
import { openTarget } from '../../target/registry.ts';
import { createCallTracer } from '../../tracing/call-tracer.ts';
import type { SpanExport } from '../../tracing/span-export.ts';
import { loadScript } from '../script/load-script.ts';
import { serveBeats } from './beats.ts';
import type { FromWorker, ToWorker, WorkerOrder } from './messages.ts';
import { WorkerReporter } from './worker-reporter.ts';

// A worker thread: loads the script, runs its share of the scenarios with the engine's own crew, and reports what was
// counted. The main thread decides about the run: thresholds, its end, its summary.

const REPORT_EVERY_MS = 250;
/** A timer may be late by this much, so the rest of a wait for an exact moment polls the clock. */
const SPIN_MS = 2;

const port = parentPort as MessagePort;
const post = (message: FromWorker): void => port.postMessage(message);

type RunMessage = Extract<ToWorker, { type: 'run' }>;
type ReleaseMessage = Extract<ToWorker, { type: 'release' }>;

async function work(order: WorkerOrder): Promise<void> {
  if (order.beats) serveBeats(order.beats, order.worker + 1);
  const clock = clockSince(order.clockOriginNs);
  const now = (): number => clock.monotonicNs() / 1e6;
  const log = (line: string): void => post({ type: 'log', line });
  const script = await loadScript(order.scriptPath, {
    env: order.optionsEnv,
    overrides: order.overrides,
    knownTexts: order.knownTexts,
  });
  const history = createHistoryPart(order.historyPath, clock);
  const reporter = new WorkerReporter({
    script,
    wantsSamples: order.wantsSamples,
    clock,
    crew: () => crew,
    post,
  });
  const { tally } = reporter;
  const rendezvous = createRendezvous({
    now,
    log,
    onGathered: (round) => post({ type: 'gathered', ...round }),
    onReleased: (times) => post({ type: 'released', times }),
  });
  const spans =
    order.tracesUrl === undefined ? undefined : await openTraces(order.tracesUrl, order);
  let started: RunMessage | undefined;
  const vus = createVuFactory({
    script,
    env: order.env,
    target: await openTarget(order.target),
    history: order.wantsCalls
      ? watchCalls(history, clock, (event) => reporter.tellOf(event), numberIn(order.share))
      : history,
    clock,
    log,
    tally,
    run: createRunView(reporter, {
      elapsedMs: () => (started === undefined ? 0 : now() - started.startMs),
      options: script.options.exported,
    }),
    share: order.share,
    rendezvous,
    tracer: spans && createCallTracer(spans),
    setupData: () => started?.setupData,
  });
  const crew = createThreadCrew({
    scenarios: script.options.scenarios,
    share: order.share,
    vus,
    tally,
    now,
    nowMs: clock.nowMs,
  });

  guardScript(script, tally.exceptions);
  const fail = (error: unknown): void => {
    const why = error instanceof UserError ? rootMessage(error) : script.describeError(error);
    post({ type: 'failed', why });
  };
  port.on('message', (message: ToWorker) => {
    if (message.type === 'run') {
      started = message;
      run(message, { crew, history, rendezvous, reporter, spans }).catch(fail);
    } else if (message.type === 'release') releaseAt(message, rendezvous, now);
    else crew[message.type]();
  });
  await crew.prepare().then(() => post({ type: 'ready' }), fail);
}

/** The packages of the collector's protocol are loaded only where there is one. */
async function openTraces(url: string, { worker }: WorkerOrder): Promise<SpanExport> {
  const { openSpanExport } = await import('../../tracing/span-export.ts');
  return openSpanExport(url, { name: 'flashsale-run', instance: `worker-${worker + 1}` });
}

/** Numbers that no call of another thread has; the main thread counts upwards. */
const numberIn =
  ({ index, of }: WorkerOrder['share']) =>
  (id: number): number =>
    -(id * of + index);

/** The run as scripts see it; the counts are those of this worker. */
function createRunView(
  reporter: WorkerReporter,
  run: Pick<RunView, 'elapsedMs' | 'options'>,
): RunView {
  return {
    ...run,
    iterationsCompleted: () => reporter.countOf('iterations'),
    iterationsInterrupted: () => reporter.countOf('interrupted'),
    vusActive: () => reporter.countOf('vusActive'),
    vusInitialized: () => reporter.countOf('vusMade'),
    abort: (reason) => post({ type: 'script-abort', reason }),
    fail: reporter.tally.exceptions.fail,
  };
}

/** Runs the share to its end, and reports every 250 ms. */
async function run(
  { startMs }: RunMessage,
  {
    crew,
    history,
    rendezvous,
    reporter,
    spans,
  }: {
    crew: Crew;
    history: ReturnType<typeof createHistoryPart>;
    rendezvous: Rendezvous;
    reporter: WorkerReporter;
    spans: SpanExport | undefined;
  },
): Promise<void> {
  const timer = setInterval(() => reporter.send(), REPORT_EVERY_MS);
  try {
    await crew.run(startMs);
  } finally {
    clearInterval(timer);
    rendezvous.close();
  }
  await history.close();
  reporter.send();
  post({ type: 'done', lagMsP99: crew.lagMsP99() });
  // No part of the load: the time that a collector takes would lower every rate.
  const unsent = await spans?.close();
  if (unsent !== undefined) post({ type: 'log', line: unsent });
  post({ type: 'traces-closed' });
}

/** Releases a round of a rendezvous at an exact moment of the run's clock. */
function releaseAt(
  { name, round, atMs }: ReleaseMessage,
  rendezvous: Rendezvous,
  now: () => number,
): void {
  setTimeout(
    () => {
      while (now() < atMs);
      rendezvous.release(name, round);
    },
    atMs - now() - SPIN_MS,
  );
}

work(workerData as WorkerOrder).catch((error) => post({ type: 'failed', why: rootMessage(error) }));
