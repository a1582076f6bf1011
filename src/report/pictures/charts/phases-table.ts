import type { RecordedHistory } from '../../../history/parser.ts';
import type { Table } from '../pictures.ts';
import type { SaleClock } from './sale-clock.ts';

/** Lists the phases of the load, whose names have no room in a narrow chart. */
export const phasesTable = ({ phases = [] }: RecordedHistory, clock: SaleClock): Table => ({
  title: 'Phases of the load',
  headings: ['scenario', 'stage', 'from', 'to'],
  rows: phases.map(({ scenario, stage = '–', atNs, untilNs }) => [
    ...[scenario, stage, seconds(clock.ofNs(atNs))],
    untilNs === undefined ? '–' : seconds(clock.ofNs(untilNs)),
  ]),
  numeric: [2, 3],
});

const seconds = (at: number): string => `${at.toFixed(1)} s`;
