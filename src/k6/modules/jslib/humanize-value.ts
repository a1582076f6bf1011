import type { MetricSummary } from '../../../load/metrics/summary.ts';

/**
 * Formats a figure of a metric like k6's summary: `52.94%`, `1.2 kB`, `18.51ms`, `1m30s`, `0.25`.
 *
 * @param timeUnit the unit of all times: `s`, `ms` or `us`; any other text chooses the unit by the size of the time
 */
export function humanizeValue(
  value: number,
  { type, contains }: Pick<MetricSummary, 'type' | 'contains'>,
  timeUnit = '',
): string {
  // Truncated and not rounded, so that only a full 1 is shown as 100 %.
  if (type === 'rate') return `${(Math.trunc(value * 10_000) / 100).toFixed(2)}%`;
  if (contains === 'data') return humanizeBytes(value);
  if (contains === 'time') return humanizeTime(value, timeUnit);
  return rounded(value, 6);
}

/** Rounds a number, and leaves out zeros at the end. */
const rounded = (value: number, digits: number): string => String(Number(value.toFixed(digits)));

/** Truncates a number, and leaves out zeros at the end. */
const cut = (value: number, digits: number): string =>
  rounded(Math.trunc(value * 10 ** digits) / 10 ** digits, digits);

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

function humanizeBytes(bytes: number): string {
  if (bytes < 10) return `${rounded(bytes, 6)} B`;
  const power = Math.floor(Math.log(bytes) / Math.log(1_000));
  const amount = Math.round((bytes / 1_000 ** power) * 10) / 10;
  return `${amount.toFixed(amount < 10 ? 1 : 0)} ${BYTE_UNITS[power]}`;
}

const TIME_UNITS: Record<string, { name: string; perMs: number }> = {
  s: { name: 's', perMs: 0.001 },
  ms: { name: 'ms', perMs: 1 },
  us: { name: 'µs', perMs: 1_000 },
};

function humanizeTime(ms: number, timeUnit: string): string {
  const unit = TIME_UNITS[timeUnit];
  if (unit) return `${(ms * unit.perMs).toFixed(2)}${unit.name}`;
  if (ms === 0) return '0s';
  if (ms < 0.001) return `${Math.trunc(ms * 1e6)}ns`;
  if (ms < 1) return `${cut(ms * 1_000, 2)}µs`;
  if (ms < 1_000) return `${cut(ms, 2)}ms`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = `${cut((ms % 60_000) / 1_000, minutes > 0 ? 0 : 2)}s`;
  if (minutes === 0) return seconds;
  if (minutes < 60) return `${minutes}m${seconds}`;
  return `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}
