import { readFile, writeFile } from 'node:fs/promises';
import type { Clock } from '../kernel/clock.ts';
import { rootMessage } from '../kernel/errors.ts';
import {
  type MachineReadableForm,
  machineReadableSummary,
} from '../load/metrics/machine-readable.ts';
import { exportSummary } from '../load/metrics/summary-export.ts';
import { type Outputs, openOutputs } from '../load/outputs/outputs.ts';
import type { LoadResult } from '../load/result.ts';
import type { LoadedScript } from '../load/vu/script.ts';
import type { Resource } from '../stack/resource.ts';
import type { RunDeps, RunOptions } from './context.ts';

/** The outputs of a run. They are closed even if the run fails, so that files are complete up to that moment. */
export function runOutputs(
  specs: string[],
  { options }: Pick<LoadedScript, 'options'>,
  { clock, series }: Pick<RunDeps, 'clock' | 'series'>,
): Resource<Outputs> {
  let outputs: Outputs | undefined;
  return {
    name: 'the outputs',
    async start() {
      outputs = await openOutputs(specs, {
        ...{ options, clock },
        ...(series && { labels: { testid: series.testid }, readSeries: series.read }),
      });
      return outputs;
    },
    async stop() {
      await outputs?.close();
    },
  };
}

interface SummaryDeps {
  clock: Pick<Clock, 'nowMs'>;
  summaryForm: MachineReadableForm | undefined;
}

/**
 * Closes the outputs and writes the summary. Answers with what could not be written, one sentence each: outputs are no
 * evidence of the verdict, so a full disk must not cost the verdict, too.
 */
export async function closeOutputs(
  outputs: Outputs,
  { summaryExport }: Pick<RunOptions, 'summaryExport'>,
  load: LoadResult,
  deps: SummaryDeps,
): Promise<string[]> {
  await outputs.beRead();
  return [...(await outputs.close()), ...(await writeSummaryExport(summaryExport, load, deps))];
}

/** The form of the summaries of a run; undefined for k6's usual one. */
export async function readSummaryForm(
  { path, knownTexts }: Pick<LoadedScript, 'path' | 'knownTexts'>,
  { machineReadable }: Pick<RunOptions, 'machineReadable'>,
): Promise<MachineReadableForm | undefined> {
  if (machineReadable === undefined) return undefined;
  const script = knownTexts.get(path) ?? (await readFile(path, 'utf8'));
  return { script, isFull: machineReadable === 'full' };
}

async function writeSummaryExport(
  path: string | undefined,
  load: LoadResult,
  { clock, summaryForm }: SummaryDeps,
): Promise<string[]> {
  if (path === undefined) return [];
  const summary =
    summaryForm === undefined
      ? exportSummary(load)
      : machineReadableSummary(load, summaryForm, clock.nowMs());
  try {
    await writeFile(path, `${JSON.stringify(summary, null, 2)}\n`);
    return [];
  } catch (error) {
    return [`the summary ${path} cannot be written: ${rootMessage(error)}`];
  }
}
