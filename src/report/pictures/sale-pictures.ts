import type { Verdict } from '../../checkers/verdict.ts';
import { FAULT_TEXTS } from '../../history/fault.ts';
import type { RecordedHistory } from '../../history/parser.ts';
import { createBuckets } from './charts/buckets.ts';
import { answersTable, callCharts } from './charts/call-charts.ts';
import { createSaleClock, type SaleClock } from './charts/sale-clock.ts';
import { serverCharts } from './charts/server-charts.ts';
import { stockCharts } from './charts/stock-chart.ts';
import type { Band, Chart, Mark, SalePictures } from './pictures.ts';
import { timeLinesOf } from './time-lines.ts';

/** Draws what a recorded history shows of a sale. A million calls become a few hundred points. */
export function drawSale(history: RecordedHistory, verdict: Verdict): SalePictures {
  const clock = createSaleClock(history.sale);
  const end = endOf(history, clock);
  const buckets = createBuckets(end);
  const marks = [...faultMarks(history, clock), ...brokenMarks(verdict, clock)];
  const bands = bandsOf(history, end, clock);
  const overTime = (chart: Chart): Chart =>
    chart.xLabels === undefined ? { ...chart, marks: [...chart.marks, ...marks], bands } : chart;
  return {
    charts: [
      ...stockCharts(history, clock, buckets),
      ...callCharts(history, clock, buckets),
      ...serverCharts(history, clock),
    ].map(overTime),
    tables: [answersTable(history)],
    timeLines: timeLinesOf(history, verdict),
  };
}

/** The last moment of a call, a scrape or a movement. */
function endOf({ operations, scrapes = [], ledger }: RecordedHistory, clock: SaleClock): number {
  let end = 0;
  for (const { invokedAtNs, completedAtNs } of operations) {
    const atNs = Number.isFinite(completedAtNs) ? completedAtNs : invokedAtNs;
    end = Math.max(end, clock.ofNs(atNs));
  }
  for (const { endedAtNs } of scrapes) end = Math.max(end, clock.ofNs(endedAtNs));
  for (const { at } of ledger?.movements ?? []) {
    if (at !== null) end = Math.max(end, clock.ofIso(at));
  }
  return end;
}

const faultMarks = ({ faults = [] }: RecordedHistory, clock: SaleClock): Mark[] =>
  faults.map(({ name, atNs }) => ({
    at: clock.ofNs(atNs),
    label: FAULT_TEXTS[name],
    tone: 'warn',
  }));

/** More marks than these would hide the curves. */
const BROKEN_MAX = 3;

/** The moment of each broken check: that of the last answer in its witness. */
const brokenMarks = ({ checks }: Verdict, clock: SaleClock): Mark[] =>
  checks
    .flatMap(({ name, status, witness }): Mark[] => {
      const answered = (witness?.operations ?? [])
        .map(({ completedAtNs }) => completedAtNs)
        .filter(Number.isFinite);
      if (status !== 'invalid' || answered.length === 0) return [];
      return [{ at: clock.ofNs(Math.max(...answered)), label: name, tone: 'bad' }];
    })
    .slice(0, BROKEN_MAX);

/** Outages that the run caused, and the time that the target was given to come to rest. */
function bandsOf(
  { operations, books, faults = [] }: RecordedHistory,
  end: number,
  clock: SaleClock,
): Band[] {
  let loadEnd = 0;
  for (const { invokedAtNs } of operations) loadEnd = Math.max(loadEnd, clock.ofNs(invokedAtNs));
  const readFrom = Math.min(end, ...books.map(({ fromNs }) => clock.ofNs(fromNs)));
  const outages = faults.flatMap(({ name, atNs, untilNs }) =>
    untilNs === undefined
      ? []
      : [{ from: clock.ofNs(atNs), to: clock.ofNs(untilNs), label: FAULT_TEXTS[name] }],
  );
  const rest = { from: loadEnd, to: readFrom, label: 'coming to rest' };
  return readFrom > loadEnd ? [...outages, rest] : outages;
}
