import type { Command } from 'commander';
import { judge } from '../../src/checkers/verdict.ts';
import type { CountedFact } from '../../src/history/counted.ts';
import { lastEventNs } from '../../src/history/operation.ts';
import type { RecordedHistory } from '../../src/history/parser.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { UserError } from '../../src/kernel/errors.ts';
import { ExitCode } from '../../src/kernel/exit-codes.ts';
import { keepHeapLean } from '../../src/kernel/lean-heap.ts';
import { assertWritable } from '../../src/kernel/writable.ts';
import { readHistories } from '../../src/merging/read-histories.ts';
import { casesOfVerdict } from '../../src/report/ci/cases.ts';
import { renderJunit } from '../../src/report/ci/junit.ts';
import { renderMarkdown } from '../../src/report/ci/markdown.ts';
import { describeVerdict } from '../../src/report/run-document.ts';
import { writeReports } from '../../src/report/write-reports.ts';
import { type CliContext, columnsOf, type GlobalFlags, mayColor } from '../context.ts';
import { verdictCode } from '../exit-code.ts';
import { renderVerdict } from '../render/verdict.ts';
import { settingsOf } from '../settings.ts';
import { withBooks } from './with-books.ts';

type VerifyFlags = GlobalFlags & {
  sale?: string;
  prometheus?: string;
  junit?: string;
  markdown?: string;
};

/** Judges a recorded history, or several of one sale together, and prints the verdict. */
export async function verifyHistories(
  paths: string[],
  command: Command,
  context: CliContext,
): Promise<void> {
  keepHeapLean();
  const flags = command.optsWithGlobals<VerifyFlags>();
  const { junit, markdown } = flags;
  if (junit !== undefined) assertWritable(junit, '--junit FILE');
  if (markdown !== undefined) assertWritable(markdown, '--markdown FILE');
  const read = await readHistories(paths);
  if (read.truncated) {
    context.stderr.write(
      `note: ${paths[0]} has no closing line, so whoever recorded it was stopped; its last calls may be missing\n`,
    );
  }
  const { settings } = await settingsOf(command, context);
  const { sale: saleFile, prometheus: prometheusUrl = settings.prometheusUrl } = flags;
  const history = await withBooks(read, { settings, saleFile, prometheusUrl }, context);
  const { sale } = history;
  const counted = await countersIn(history, flags.prometheus);
  const verdict = judge({ ...history, ...(counted && { counted }) });
  const cases = casesOfVerdict(verdict);
  const problems = await writeReports([
    [junit, () => renderJunit(sale.scenario, cases)],
    [markdown, () => renderMarkdown({ scenario: sale.scenario, cases, tables: [] })],
  ]);
  for (const problem of problems) context.stderr.write(`note: ${problem}\n`);
  if (flags.json) {
    context.document(describeVerdict(verdict, sale));
  } else {
    const color = mayColor(context.stdout, flags, context.env);
    const columns = columnsOf(context.stdout);
    context.stdout.write(`${renderVerdict(verdict, sale, { color, columns })}\n`);
  }
  context.exit(verdictCode(verdict) ?? ExitCode.valid);
}

/** The target's counters during the sale, from a Prometheus; undefined where none is named. */
async function countersIn(
  { sale, operations }: RecordedHistory,
  url: string | undefined,
): Promise<CountedFact[] | undefined> {
  if (url === undefined) return undefined;
  if (!/^https?:/.test(url) || !URL.canParse(url)) {
    throw UserError.usage('--prometheus is no URL', {
      why: 'it does not begin with http:// or https://',
      next: 'write it as http://127.0.0.1:9090',
    });
  }
  const { countersOf, readCounters } = await import('../../src/run/counters/read-counters.ts');
  const endedNs = Math.max(sale.startedAtNs, lastEventNs(operations));
  const deps = { clock: systemClock, signal: new AbortController().signal };
  return readCounters(url.replace(/\/+$/, ''), countersOf(sale), { sale, endedNs }, deps);
}
