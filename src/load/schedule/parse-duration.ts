const MS_PER_UNIT: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};
const MS_PER_DAY = 86_400_000;

const NUMBER = /^\+?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
/** Days come first and are whole; the rest is a duration of Go. */
const WHOLE = /^\+?(?:(\d+)d)?((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|h|m|s))*)$/;
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|h|m|s)/g;

/** Milliseconds of a duration in k6's notation (`1m30s`, `500ms`, or a number of milliseconds); undefined for other text. */
export function parseDurationMs(text: string | number): number | undefined {
  if (typeof text === 'number') return Number.isFinite(text) && text >= 0 ? text : undefined;
  if (NUMBER.test(text)) return Number(text);
  const [, days, rest = ''] = WHOLE.exec(text) ?? [];
  if (days === undefined && rest === '') return undefined;
  let totalMs = Number(days ?? 0) * MS_PER_DAY;
  for (const [, amount, unit] of rest.matchAll(PART)) {
    totalMs += Number(amount) * (MS_PER_UNIT[unit as string] as number);
  }
  return totalMs;
}

/** The longest duration of a timer in Node: 24 days. */
export const DURATION_MS_MAX = 2 ** 31 - 1;
