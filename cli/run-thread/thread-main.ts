import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { serveBeats } from '../../src/k6/workers/beats.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { concludeLoad } from '../../src/load/conclusion.ts';
import type { RunOptions } from '../../src/run/context.ts';
import { Abandoned, startRun } from '../../src/run/run.ts';
import { isSale, type LoadReport } from '../../src/run/run-report.ts';
import { exitCodeOf } from '../exit-code.ts';
import { ToldError } from '../render/error.ts';
import { isDecidedByLoad, nextAfter, renderReport } from '../render/summary.ts';
import type { FromRun, RunOrder, RunResult, ToRun } from './messages.ts';
import { annotate, writeRunFiles } from './run-files.ts';

// The thread of a run. Everything that the script says is done here, so that the main thread hears signals and answers
// whatever the script does.

const port = parentPort as MessagePort;
const post = (message: FromRun): void => port.postMessage(message);

async function work(order: RunOrder): Promise<void> {
  serveBeats(order.beats, 0);
  const options = { ...order.options, beats: order.beats, ...(await readShop(order)) };
  let interrupted = false;
  const run = startRun(options, {
    clock: systemClock,
    onEvent: (event) => post({ type: 'event', event }),
    onLimit: (durationMs) => post({ type: 'limit', durationMs }),
  });
  port.on('message', (message: ToRun) => {
    interrupted ||= message.type !== 'cut' || message.cut.asked;
    if (message.type === 'cut') run.cut(message.cut);
    else if (message.type === 'abort') run.abort();
    else if (run.stop()) post({ type: 'stopping' });
  });
  // A script that waits for something that never comes is found by a thread that has nothing left to do.
  port.unref();
  try {
    const report = await run.report;
    report.outputProblems.push(...(await writeRunFiles(report, options)));
    post({ type: 'ended', result: await resultOf(report, order, interrupted) });
  } catch (error) {
    if (!(error instanceof Abandoned)) throw error;
    post({ type: 'given-up' });
  }
}

async function readShop({ shop, env }: RunOrder): Promise<Pick<RunOptions, 'shop'>> {
  if (shop === undefined) return {};
  const { path, isOwned, buyersFile } = shop;
  const { readTargetFile } = await import('../../src/target/file/read-target-file.ts');
  return { shop: { file: await readTargetFile(path, env), isOwned, buyersFile } };
}

async function resultOf(
  report: LoadReport,
  { options, result: { json, quiet, isTerminal, annotatesIn, ...look } }: RunOrder,
  interrupted: boolean,
): Promise<RunResult> {
  const exitCode = exitCodeOf(report, interrupted);
  const annotations = annotatesIn === undefined ? '' : annotate(report, options, annotatesIn);
  if (json) {
    const { describeRun } = await import('../../src/report/run-document.ts');
    return { stdout: '', stderr: annotations, document: describeRun(report), exitCode };
  }
  // The script's own handleSummary comes before our report; in k6 it replaces the report.
  const { stdout = '', stderr = '' } = report.load.summaryOutput ?? {};
  const own = stdout.replace(/[^\n]$/, '$&\n');
  const text =
    quiet || options.leavesSummaryOut
      ? sentencesOf(report).join('\n')
      : // On a terminal the progress is right above.
        `${isTerminal ? '\n' : ''}${renderReport(report, look)}`;
  return { stdout: `${own}${text}\n`, stderr: `${stderr}${annotations}`, exitCode };
}

const sentencesOf = (report: LoadReport): string[] => [
  ...(isSale(report) ? [report.verdict.sentence] : []),
  ...(isDecidedByLoad(report) ? [concludeLoad(report.load).sentence] : []),
  ...(report.part ? [nextAfter(report.part)] : []),
];

work(workerData as RunOrder).catch((error) =>
  post({ type: 'failed', error: ToldError.pack(error) }),
);
