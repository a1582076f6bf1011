import { formatCount, formatMs, formatPercent, formatRate } from '../../src/kernel/format.ts';
import type { LoadTick } from '../../src/load/result.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { oneLine } from '../render/style.ts';
import { describeStackEvent, type RunView } from './run-view.ts';

/** Interval between two lines about the load: enough to show in a log that the run is alive. */
const LOAD_LINE_INTERVAL_MS = 3_000;

/**
 * The line to print for an event on a pipe, without escape codes; undefined for an event that gets none. `view` already
 * includes the event.
 */
export function plainLine(view: RunView, event: RunEvent): string | undefined {
  switch (event.type) {
    case 'phase':
    case 'phase_progress':
      return `${event.phase}: ${oneLine(event.detail)}`;
    case 'phase_done':
      return `${event.phase}: done in ${formatMs(event.tookMs)}`;
    case 'targets':
      return `targets: ${event.targets.map(oneLine).join(', ')}`;
    case 'tick':
      return isDue(view) ? loadLine(view, event.tick) : undefined;
    case 'violation': {
      const { check, summary } = event.violation;
      const end = event.ends ? '; the load ends here' : '';
      return oneLine(`violation: ${check} is broken: ${summary}${end}`);
    }
    case 'stack':
      return oneLine(describeStackEvent(event.event));
    case 'log':
      return oneLine(event.line);
    // A line of the log tells of it as well.
    case 'fault':
    case 'stock':
      return undefined;
  }
}

/** Uses the elapsed time of the load, not a clock, so that the same ticks give the same lines. */
function isDue({ tick, tickBefore }: RunView): boolean {
  const intervals = (of: LoadTick | undefined) =>
    Math.floor((of?.elapsedMs ?? 0) / LOAD_LINE_INTERVAL_MS);
  return intervals(tick) > intervals(tickBefore);
}

function loadLine({ stock }: RunView, tick: LoadTick): string {
  const { outcomes, latencyMs } = tick;
  const { limited, error, unclassified, unknown, notSent } = outcomes;
  const parts = [
    `${formatPercent(tick.progress)} after ${formatMs(tick.elapsedMs)}`,
    `${formatCount(tick.activeVus)} VUs`,
    formatRate(tick.requestRate),
    `p95 ${formatMs(latencyMs.p95)}`,
    `${formatCount(outcomes.ok)} ok`,
    `${formatCount(outcomes.soldOut)} sold out`,
    `${formatCount(outcomes.refused)} refused`,
  ];
  if (limited > 0) parts.push(`${formatCount(limited)} limited`);
  if (error > 0) parts.push(`${formatCount(error)} error`);
  if (unclassified > 0) parts.push(`${formatCount(unclassified)} unclassified`);
  if (unknown > 0) parts.push(`${formatCount(unknown)} unknown`);
  if (notSent > 0) parts.push(`${formatCount(notSent)} not sent`);
  const sum = (of: 'sold' | 'held' | 'total') => stock.reduce((units, sku) => units + sku[of], 0);
  if (stock.length > 0) {
    parts.push(
      `stock ${formatCount(sum('sold'))} sold and ${formatCount(sum('held'))} held of ${formatCount(sum('total'))}`,
    );
  }
  return `load: ${parts.join(', ')}`;
}
