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
import type { MergedHistory } from '../../src/merging/merge-histories.ts';
import { readHistories } from '../../src/merging/read-histories.ts';
import { casesOfVerdict } from '../../src/report/ci/cases.ts';
import { renderJunit } from '../../src/report/ci/junit.ts';
import { renderMarkdown } from '../../src/report/ci/markdown.ts';
import { describeVerdict } from '../../src/report/run-document.ts';
import { writeReports } from '../../src/report/write-reports.ts';
import { type AdminApi, createAdminApi } from '../../src/run/sale/admin-api.ts';
import { readLedgers } from '../../src/run/sale/read-ledger.ts';
import { type CliContext, columnsOf, type GlobalFlags, mayColor } from '../context.ts';
import { verdictCode } from '../exit-code.ts';
import { renderVerdict } from '../render/verdict.ts';
import { stackOfTargets } from '../running-server.ts';
import { type Settings, settingsOf } from '../settings.ts';

/** Judges a recorded history, or several of one sale together, and prints the verdict. */
export async function verifyHistories(
  paths: string[],
  command: Command,
  context: CliContext,
): Promise<void> {
  keepHeapLean();
  const flags = command.optsWithGlobals<GlobalFlags & { junit?: string; markdown?: string }>();
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
  const isRead = read.books.some(({ counts }) => counts !== undefined);
  const history = isRead ? read : await withBooks(read, settings, context);
  const { sale } = history;
  const counted = await countersIn(history, command.opts<{ prometheus?: string }>().prometheus);
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

/** Reads the ledger of the target now, for histories without one; the same histories when no target is named. */
async function withBooks<History extends RecordedHistory | MergedHistory>(
  history: History,
  settings: Settings,
  context: CliContext,
): Promise<RecordedHistory> {
  const admin = await adminOf(settings, context.cwd);
  if (admin === undefined) return history;
  if ('merged' in history) {
    const { readAtEnd } = await import('./read-at-end.ts');
    return readAtEnd(history, admin, context);
  }
  const { sale } = history;
  // The recorder's monotonic clock is gone, so its time is derived from the wall clock.
  const nowNs = () => sale.startedAtNs + (systemClock.nowMs() - sale.startedAtMs) * 1e6;
  return { ...history, ...(await readLedgers(admin, sale.skus, nowNs)) };
}

/** The admin API of the target; undefined when none is named. */
async function adminOf(
  { target: targets, adminToken }: Settings,
  cwd: string,
): Promise<AdminApi | undefined> {
  if (targets === undefined) return undefined;
  const token = adminToken ?? (await stackOfTargets(targets, cwd))?.adminToken;
  if (token !== undefined) return createAdminApi({ targets, token });
  throw UserError.usage('the ledger of the target cannot be read', {
    why: 'no administrator’s token was given',
    next: 'add --admin-token TOKEN, or leave --target out to judge what buyers saw alone',
  });
}
