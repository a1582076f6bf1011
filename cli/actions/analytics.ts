import type { Command } from 'commander';
import { systemClock } from '../../src/kernel/clock.ts';
import { UserError } from '../../src/kernel/errors.ts';
import { count } from '../../src/kernel/wording.ts';
import type { Difference, Recounted } from '../../src/protocol/analytics.ts';
import { SentDay } from '../../src/protocol/sent-time.ts';
import type { CliContext, GlobalFlags } from '../context.ts';
import { oneLine } from '../render/style.ts';
import { alignRows } from '../render/table.ts';
import { adminOfServer } from '../running-server.ts';

const DAY_MS = 86_400_000;
/** A year. */
const DAYS_MAX = 366;

const HEADINGS = ['bucket', 'at', 'type', 'sku', 'counted', 'stored'];

/** Has a running server count the events of some days anew, and prints the counts that were wrong. */
export async function recountAnalytics(command: Command, context: CliContext): Promise<void> {
  const flags = command.optsWithGlobals<GlobalFlags & { from?: string; to?: string }>();
  const days = daysOf(flags, systemClock.nowMs());
  const { admin } = await adminOfServer(command, context);
  const sum: Recounted = { days: 0, corrected: 0, differences: [] };
  let asked = 0;
  try {
    // Each day is a call of its own: a busy one takes minutes, and clients wait only while theirs is counted.
    for (const day of days) {
      const { differences, ...counted } = await admin.recountAnalytics({ from: day, to: day });
      asked += 1;
      sum.days += counted.days;
      sum.corrected += counted.corrected;
      sum.differences.push(...differences);
    }
  } finally {
    // The counts that were wrong before a day failed are right by now: nothing would tell of them later.
    if (asked > 0 && flags.json) context.document(sum);
    else if (asked > 0) print(sum, asked, context);
  }
}

function print(sum: Recounted, asked: number, { stdout, stderr }: CliContext): void {
  if (sum.differences.length > 0) {
    const rows = sum.differences.map(rowOf);
    stdout.write(`${alignRows([HEADINGS, ...rows]).join('\n')}\n`);
  }
  stderr.write(`${describe(sum, asked)}\n`);
}

/** The days from one to another, both included. */
function daysOf({ from, to }: { from?: string; to?: string }, nowMs: number): string[] {
  const last = readDay('--to', to ?? dayOf(nowMs));
  const first = readDay('--from', from ?? last);
  const days = (Date.parse(last) - Date.parse(first)) / DAY_MS + 1;
  if (days < 1 || days > DAYS_MAX) {
    throw UserError.usage('these days cannot be counted', {
      why: days < 1 ? `${first} is after ${last}` : `they are ${count(days, 'day')}`,
      next: `give --from DAY and --to DAY with at most ${DAYS_MAX} days`,
    });
  }
  return Array.from({ length: days }, (_, place) => dayOf(Date.parse(first) + place * DAY_MS));
}

function readDay(flag: string, text: string): string {
  const day = SentDay.safeParse(text);
  if (day.success) return day.data;
  throw UserError.usage(`${flag} cannot be used`, {
    why: `"${text}" is not a day from 1970 on`,
    next: 'write it as 2026-11-27',
  });
}

const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

const rowOf = ({ bucket, at, type, skuId, counted, stored }: Difference): string[] =>
  [bucket, at, type, skuId || '-', describeCounts(counted), describeCounts(stored)].map(oneLine);

const describeCounts = (counts: Difference['counted']): string =>
  counts === null
    ? 'nothing'
    : `${count(counts.records, 'record')}, ${count(counts.events, 'event')}, ${count(counts.units, 'unit')}`;

function describe({ days, corrected, differences }: Recounted, asked: number): string {
  const hidden = corrected - differences.length;
  return [
    `${count(days, 'day')} counted anew`,
    ...(days < asked ? [`${count(asked - days, 'day')} not kept any more`] : []),
    corrected === 0
      ? 'all counts were right'
      : `${count(corrected, 'count')} corrected${hidden > 0 ? `, of which ${hidden} are not shown` : ''}`,
  ].join('; ');
}
