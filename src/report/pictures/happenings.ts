import type { Verdict } from '../../checkers/verdict.ts';
import { FAULT_TEXTS } from '../../history/fault.ts';
import type { RecordedHistory } from '../../history/parser.ts';
import { smallest } from '../../kernel/extremes.ts';
import { groupBy } from '../../kernel/group-by.ts';
import type { SaleClock } from './charts/sale-clock.ts';
import type { Band, Chart, Happenings, Mark } from './pictures.ts';

/** Says what happened during a sale: faults, phases of the load, its coming to rest, and the moments of broken checks. */
export function happeningsOf(
  history: RecordedHistory,
  verdict: Verdict,
  { clock, end }: { clock: SaleClock; end: number },
): Happenings {
  const phases = (history.phases ?? []).map(({ scenario, stage, atNs, untilNs }) => ({
    ...{ scenario, stage, from: clock.ofNs(atNs) },
    to: untilNs === undefined ? undefined : clock.ofNs(untilNs),
  }));
  return {
    marks: [...faultMarks(history, clock), ...brokenMarks(verdict, clock), ...startMarks(phases)],
    bands: [...outages(history, clock), ...rest(history, end, clock)],
    lanes: lanesOf(phases),
  };
}

/** The phases of a load of which nothing else is known. */
export const ofPhases = (phases: ShownPhase[]): Happenings => ({
  marks: startMarks(phases),
  bands: [],
  lanes: lanesOf(phases),
});

/** The same happenings by a clock that began so many seconds later. */
export function shifted({ marks, bands, lanes }: Happenings, seconds: number): Happenings {
  const shift = (band: Band): Band => ({
    ...band,
    from: band.from - seconds,
    to: band.to - seconds,
  });
  return {
    marks: marks.map((mark) => ({ ...mark, at: mark.at - seconds })),
    bands: bands.map(shift),
    lanes: lanes.map((lane) => lane.map(shift)),
  };
}

/** A chart with what happened meanwhile, unless it is not over time. */
export function overlay(chart: Chart, { marks, bands, lanes }: Happenings): Chart {
  if (chart.xLabels !== undefined) return chart;
  return { ...chart, marks: [...chart.marks, ...marks], bands: [...chart.bands, ...bands], lanes };
}

/** A part of the load's plan, in seconds. */
export interface ShownPhase {
  scenario: string;
  stage?: string | undefined;
  from: number;
  to?: number | undefined;
}

/** More lanes would leave no room for the curves. */
const LANES_MAX = 6;

const lanesOf = (phases: ShownPhase[]): Band[][] =>
  [...groupBy(phases, ({ scenario }) => scenario)]
    .map(([scenario, parts]) =>
      parts.flatMap(({ stage, from, to }, place): Band[] => {
        const label = place === 0 || stage === undefined ? nameOf({ scenario, stage }) : stage;
        return to === undefined ? [] : [{ from, to, label, tone: 'first' }];
      }),
    )
    .filter((lane) => lane.length > 0)
    .slice(0, LANES_MAX);

/** A scenario whose end nobody knows is shown by its beginning. */
const startMarks = (phases: ShownPhase[]): Mark[] =>
  phases
    .filter(({ to }) => to === undefined)
    .slice(0, LANES_MAX)
    .map((phase) => ({ at: phase.from, label: `${nameOf(phase)} begins`, tone: 'first' }));

const nameOf = ({ scenario, stage }: Pick<ShownPhase, 'scenario' | 'stage'>): string =>
  stage === undefined ? scenario : `${scenario} ${stage}`;

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

/** The time for which each fault lasted; its name stands at the mark of its beginning. */
const outages = ({ faults = [] }: RecordedHistory, clock: SaleClock): Band[] =>
  faults.flatMap(({ atNs, untilNs }) =>
    untilNs === undefined
      ? []
      : [{ from: clock.ofNs(atNs), to: clock.ofNs(untilNs), label: '', tone: 'warn' as const }],
  );

/** The time that the target was given to come to rest. */
function rest({ operations, books }: RecordedHistory, end: number, clock: SaleClock): Band[] {
  let loadEnd = 0;
  for (const { invokedAtNs } of operations) loadEnd = Math.max(loadEnd, clock.ofNs(invokedAtNs));
  const readFrom = smallest([end, ...books.map(({ fromNs }) => clock.ofNs(fromNs))]);
  return readFrom > loadEnd
    ? [{ from: loadEnd, to: readFrom, label: 'coming to rest', tone: 'quiet' }]
    : [];
}
