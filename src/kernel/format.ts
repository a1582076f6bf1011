/** Formats numbers for people; each function shows its form. */

/** `20,000` */
export const formatCount = (count: number): string => Math.round(count).toLocaleString('en-US');

/** `0.84 ms`, `4.2 ms`, `312 ms`, `1.24 s`, `2 m 05 s` */
export function formatMs(ms: number): string {
  if (ms < 0.995) return `${ms.toFixed(2)} ms`;
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${(ms / 1_000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, '0')} s`;
}

/** `2,431/s`; a slow rate keeps a decimal, so that one request in two seconds is not none. */
export const formatRate = (perSecond: number): string =>
  perSecond > 0 && perSecond < 10 ? `${perSecond.toFixed(1)}/s` : `${formatCount(perSecond)}/s`;

/** `42%` for a share from 0 to 1, rounded down so that only a finished load shows 100%. */
export const formatPercent = (share: number): string =>
  `${Math.floor(Math.min(Math.max(share, 0), 1) * 100)}%`;

/** A figure without a unit: `0.9871`, `12,400`, `3.1416`. */
export const formatFigure = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 100 ? 4 : 1 });
