import { UserError } from '../kernel/errors.ts';
import { concludeLoad } from '../load/conclusion.ts';
import type { LoadedScript } from '../load/vu/script.ts';
import type { RunDeps, ScriptRunOptions } from './context.ts';
import { temperatureOf } from './round-temperature.ts';
import type { RunKind } from './run-kind.ts';
import type { RoundReport, SaleReport } from './run-report.ts';
import { runScript } from './run-script.ts';

/**
 * Runs a sale several times, each with SKUs of its own, because a race that is lost in three sales of ten is seldom seen in
 * one. The report is that of the worst round, with the results of all.
 *
 * @throws UserError (usage) for outputs of several rounds, each of which would write them anew
 */
export async function runRounds(
  script: LoadedScript,
  kind: RunKind,
  options: ScriptRunOptions & { rounds: number },
  deps: RunDeps,
): Promise<SaleReport> {
  const { rounds, outputs = [], summaryExport } = options;
  if (rounds > 1 && (outputs.length > 0 || summaryExport !== undefined)) {
    throw UserError.usage('several rounds have no outputs of samples', {
      why: 'each round would write --out and --summary-export anew',
      next: 'leave them out, or run one round',
    });
  }
  const reports: SaleReport[] = [];
  for (let round = 1; round <= rounds && !deps.isStopping(); round += 1) {
    if (rounds > 1) {
      deps.onEvent({ type: 'log', line: `round ${round} of ${rounds}: ${temperatureOf(round)}` });
    }
    reports.push((await runScript(script, kind, options, deps)) as SaleReport);
  }
  return summarize(reports);
}

/** The worst report, with what came out in each round. Of several as bad as it, the first. */
export function summarize(reports: SaleReport[]): SaleReport {
  const worst = reports.toSorted((a, b) => badness(b) - badness(a))[0] as SaleReport;
  if (reports.length === 1) return worst;
  const { verdict } = worst;
  const alike = reports.filter((report) => report.verdict.status === verdict.status).length;
  const sentence = `${capitalize(verdict.status)} in ${alike} of ${reports.length} rounds. ${verdict.sentence}`;
  return { ...worst, verdict: { ...verdict, sentence }, rounds: reports.map(roundOf) };
}

function roundOf(report: SaleReport, place: number): RoundReport {
  const { verdict, sale, load, historyFile, environment } = report;
  return {
    round: place + 1,
    start: temperatureOf(place + 1),
    status: verdict.status,
    sentence: verdict.sentence,
    broken: verdict.checks.filter(({ status }) => status === 'invalid').map(({ name }) => name),
    skus: sale.skus.map(({ skuId }) => skuId),
    startedAt: environment.startedAt,
    elapsedMs: load.elapsedMs,
    loadPassed: concludeLoad(load).status === 'passed',
    historyFile,
  };
}

function badness({ verdict, load }: Pick<SaleReport, 'verdict' | 'load'>): number {
  if (verdict.status === 'invalid') return 3;
  if (verdict.status !== 'valid') return 2;
  return concludeLoad(load).status === 'passed' ? 0 : 1;
}

const capitalize = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);
