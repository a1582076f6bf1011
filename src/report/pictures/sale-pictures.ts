import type { Verdict } from '../../checkers/verdict.ts';
import { lastEventNs } from '../../history/operation.ts';
import type { RecordedHistory } from '../../history/parser.ts';
import { createBuckets } from './charts/buckets.ts';
import { answersTable, callCharts } from './charts/call-charts.ts';
import { phasesTable } from './charts/phases-table.ts';
import { createSaleClock, type SaleClock } from './charts/sale-clock.ts';
import { serverCharts } from './charts/server-charts.ts';
import { stockCharts } from './charts/stock-chart.ts';
import { happeningsOf, overlay } from './happenings.ts';
import type { SalePictures } from './pictures.ts';
import { timeLinesOf } from './time-lines.ts';

/** Draws what a recorded history shows of a sale. A million calls become a few hundred points. */
export function drawSale(history: RecordedHistory, verdict: Verdict): SalePictures {
  const clock = createSaleClock(history.sale);
  const end = endOf(history, clock);
  const buckets = createBuckets(end);
  const happenings = happeningsOf(history, verdict, { clock, end });
  return {
    charts: [
      ...stockCharts(history, clock, buckets),
      ...callCharts(history, clock, buckets),
      ...serverCharts(history, clock),
    ].map((chart) => overlay(chart, happenings)),
    happenings,
    tables: [phasesTable(history, clock), answersTable(history)].filter(
      ({ rows }) => rows.length > 0,
    ),
    timeLines: timeLinesOf(history, verdict),
  };
}

/** The last moment of a call, a scrape or a movement. */
function endOf({ operations, scrapes = [], ledger }: RecordedHistory, clock: SaleClock): number {
  let end = operations.length === 0 ? 0 : Math.max(0, clock.ofNs(lastEventNs(operations)));
  for (const { endedAtNs } of scrapes) end = Math.max(end, clock.ofNs(endedAtNs));
  for (const { at } of ledger?.movements ?? []) {
    if (at !== null) end = Math.max(end, clock.ofIso(at));
  }
  return end;
}
