const MS_PER_UNIT: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const WHOLE = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|d|h|m|s))+$/;
const PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|d|h|m|s)/g;

/** Milliseconds of a duration in k6's notation (`1m30s`, `500ms`, or a number of milliseconds); undefined for other text. */
export function parseDurationMs(text: string | number): number | undefined {
  if (typeof text === 'number') return Number.isFinite(text) && text >= 0 ? text : undefined;
  const trimmed = text.trim();
  if (/^\d+(?:\.\d+)?$/.test(trimmed)) return Number(trimmed);
  if (!WHOLE.test(trimmed)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of trimmed.matchAll(PART)) {
    totalMs += Number(amount) * (MS_PER_UNIT[unit as string] as number);
  }
  return totalMs;
}

/** The longest duration of a timer in Node: 24 days. */
export const DURATION_MS_MAX = 2 ** 31 - 1;
