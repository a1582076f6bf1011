import type { MetricType } from '../../load/metrics/figures.ts';
import type { MetricContents, Tags } from '../../load/metrics/metrics.ts';

/** A line of k6's JSON output, or what a script's `handleSummary` left. */
export type Line =
  | { type: 'Metric'; metric: string; data: { type: MetricType; contains: MetricContents } }
  | { type: 'Point'; metric: string; data: Point }
  | { type: 'Summary'; testRunDurationMs: number; returned: unknown };

export interface Point {
  time: string;
  value: number;
  tags: Tags | null;
  metadata?: Record<string, string>;
}

/** Lines of a stream of text, however it is cut. Reads no faster than they are taken. */
export async function* linesOf(stream: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() as string;
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** A line that is none of k6's own is undefined: something a script printed. */
export function parseLine(text: string): Line | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const line = JSON.parse(text) as Partial<Line> | null;
    const isKnown = line?.type === 'Metric' || line?.type === 'Point' || line?.type === 'Summary';
    return isKnown ? (line as Line) : undefined;
  } catch {
    return undefined;
  }
}

/** Milliseconds since the epoch, with the fractions that `Date` would cut off: k6 writes nanoseconds. */
export function timeOf(point: Point): number {
  const fraction = /\.(\d+)/.exec(point.time)?.[1] ?? '';
  const wholeMs = Date.parse(point.time);
  return wholeMs + Number(`0.${fraction.slice(3) || '0'}`);
}
