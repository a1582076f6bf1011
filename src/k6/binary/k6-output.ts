import type { MetricType } from '../../load/metrics/figures.ts';
import type { MetricContents, Tags } from '../../load/metrics/metrics.ts';

/** A line of k6's JSON output, or the line that our `handleSummary` prints in k6. */
export type OutputLine =
  | { type: 'Metric'; metric: string; data: { type: MetricType; contains: MetricContents } }
  | { type: 'Point'; metric: string; data: Point }
  | { type: 'Summary'; testRunDurationMs: number; returned: unknown };

/** One sample. */
export interface Point {
  time: string;
  value: number;
  tags: Tags | null;
  metadata?: Record<string, string>;
}

/** Yields the lines of a stream, whose chunks may end within a line. Reads on only as fast as the lines are consumed. */
export async function* linesOf(stream: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() as string;
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** Parses a line. Undefined for one that the script printed itself. */
export function parseLine(text: string): OutputLine | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const line = JSON.parse(text) as Partial<OutputLine> | null;
    const isKnown = line?.type === 'Metric' || line?.type === 'Point' || line?.type === 'Summary';
    return isKnown ? (line as OutputLine) : undefined;
  } catch {
    return undefined;
  }
}

/** Milliseconds since the epoch. k6 writes nanoseconds, and `Date` would drop the fractions of a millisecond. */
export function timeOf(point: Point): number {
  const fraction = /\.(\d+)/.exec(point.time)?.[1] ?? '';
  const wholeMs = Date.parse(point.time);
  return wholeMs + Number(`0.${fraction.slice(3) || '0'}`);
}
