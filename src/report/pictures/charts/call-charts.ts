import { codeOfSomeLine, type Operation, type SaleFacts } from '../../../history/operation.ts';
import type { RecordedHistory } from '../../../history/parser.ts';
import { type Chart, NOTHING, type Series, type Table, type Tone } from '../pictures.ts';
import { type Buckets, percentileOf, round } from './buckets.ts';
import type { SaleClock } from './sale-clock.ts';

/** The answers that a chart tells apart. */
const ANSWERS = ['yes', 'sold out', 'other refusals', 'no definite answer'] as const;
type Answer = (typeof ANSWERS)[number];

const TONE_OF: Record<Answer, Tone> = {
  yes: 'good',
  'sold out': 'quiet',
  'other refusals': 'warn',
  'no definite answer': 'bad',
};

function answerOf({ outcome, code }: Operation, { refusals }: SaleFacts): Answer {
  if (outcome === 'ok') return 'yes';
  if (outcome === 'info') return 'no definite answer';
  return refusals[codeOfSomeLine(code) ?? code ?? ''] === 'sold-out'
    ? 'sold out'
    : 'other refusals';
}

/** Percentiles of the chart over time, and those of the chart over percentiles. */
const OVER_TIME: { percent: number; tone: Tone }[] = [
  { percent: 50, tone: 'first' },
  { percent: 95, tone: 'second' },
  { percent: 99, tone: 'bad' },
];
const PERCENTS = [50, 75, 90, 95, 99, 99.9, 99.99, 100];

const KIND_TONES: Tone[] = ['first', 'second', 'third', 'warn', 'quiet'];

/** Draws how many calls were sent and answered, and how long the answers took. */
export function callCharts(history: RecordedHistory, clock: SaleClock, buckets: Buckets): Chart[] {
  const { operations, sale } = history;
  const sent = new Float64Array(buckets.count);
  const answered = new Map(ANSWERS.map((answer) => [answer, new Float64Array(buckets.count)]));
  const latencies: number[][] = buckets.starts.map(() => []);
  const ofKind = new Map<string, number[]>();
  for (const operation of operations) {
    const { kind, invokedAtNs, completedAtNs } = operation;
    const place = buckets.placeOf(clock.ofNs(invokedAtNs));
    sent[place] = (sent[place] as number) + 1;
    const isAnswered = Number.isFinite(completedAtNs);
    const end = isAnswered ? buckets.placeOf(clock.ofNs(completedAtNs)) : place;
    const counts = answered.get(answerOf(operation, sale)) as Float64Array;
    counts[end] = (counts[end] as number) + 1;
    if (!isAnswered) continue;
    const ms = (completedAtNs - invokedAtNs) / 1e6;
    latencies[place]?.push(ms);
    const list = ofKind.get(kind);
    if (list === undefined) ofKind.set(kind, [ms]);
    else list.push(ms);
  }
  return [
    ratesChart(sent, answered, buckets),
    latencyOverTime(latencies, buckets),
    latencyByPercentile(ofKind),
  ].filter((chart) => chart !== undefined);
}

function ratesChart(
  sent: Float64Array,
  answered: Map<Answer, Float64Array>,
  { starts, widthSeconds }: Buckets,
): Chart {
  const perSecond = (counts: Float64Array): number[] =>
    Array.from(counts, (calls) => round(calls / widthSeconds));
  const happened = ANSWERS.filter((answer) => answered.get(answer)?.some((calls) => calls > 0));
  return {
    title: 'Calls',
    note: 'A call counts as sent when it was sent, and by its answer when that came.',
    unit: 'calls/s',
    x: starts,
    series: [
      { label: 'sent', tone: 'first', values: perSecond(sent) },
      ...happened.map(
        (label): Series => ({
          ...{ label, tone: TONE_OF[label] },
          values: perSecond(answered.get(label) as Float64Array),
        }),
      ),
    ],
    ...NOTHING,
  };
}

function latencyOverTime(latencies: number[][], { starts }: Buckets): Chart {
  const sorted = latencies.map((list) => Float64Array.from(list).sort());
  return {
    title: 'Latency over time',
    note: 'From the moment at which a call was sent to its answer, by the time at which it was sent.',
    unit: 'ms',
    x: starts,
    series: OVER_TIME.map(({ percent, tone }) => ({
      ...{ label: `p${percent}`, tone },
      values: sorted.map((list) => (list.length === 0 ? null : round(percentileOf(list, percent)))),
    })),
    ...NOTHING,
  };
}

function latencyByPercentile(ofKind: Map<string, number[]>): Chart | undefined {
  const kinds = [...ofKind].sort(([, a], [, b]) => b.length - a.length).slice(0, KIND_TONES.length);
  if (kinds.length === 0) return undefined;
  return {
    title: 'Latency by percentile',
    note: 'The share of the calls that were answered within so many milliseconds.',
    unit: 'ms',
    x: PERCENTS.map((_, place) => place),
    xName: 'share',
    xLabels: PERCENTS.map((percent) => (percent === 100 ? 'max' : `p${percent}`)),
    series: kinds.map(([label, list], place) => {
      const sorted = Float64Array.from(list).sort();
      const values = PERCENTS.map((percent) => round(percentileOf(sorted, percent)));
      return { label, tone: KIND_TONES[place] as Tone, values };
    }),
    ...NOTHING,
  };
}

/** Counts the answers of each kind of call by their code. */
export function answersTable({ operations, sale }: RecordedHistory): Table {
  const NUMBERS = new Intl.NumberFormat('en-US');
  const counts = new Map<string, number>();
  for (const operation of operations) {
    const { kind, code, status } = operation;
    const told = code ?? (status > 0 ? String(status) : '–');
    const key = [kind, answerOf(operation, sale), told].join('\t');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return {
    title: 'Answers',
    headings: ['call', 'answer', 'code or status', 'times'],
    rows: [...counts]
      .sort(([, a], [, b]) => b - a)
      .slice(0, ROWS_MAX)
      .map(([key, calls]) => [...key.split('\t'), NUMBERS.format(calls)]),
    numeric: [3],
  };
}

/** A server that puts ids into its codes would fill the page. */
const ROWS_MAX = 60;
