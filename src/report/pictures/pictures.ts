/**
 * The content of the HTML report as plain data: texts, tables, charts and time lines. `page.ts` turns it into one file, and
 * `draw-charts.js` draws the charts in the browser.
 */

/** The meaning of a colour; the style sheet gives each one for light and one for dark. */
export type Tone = 'good' | 'bad' | 'warn' | 'plain' | 'quiet' | 'first' | 'second' | 'third';

export interface Series {
  label: string;
  tone: Tone;
  /** One value for each `x` of the chart; null where there is none. */
  values: (number | null)[];
  /** True for a value that holds until the next one, such as a stock. */
  isStepped?: boolean;
}

/** A moment of a chart. */
export interface Mark {
  at: number;
  label: string;
  tone: Tone;
}

/** A span of time in which something was the case. */
export interface Band {
  from: number;
  to: number;
  label: string;
  tone: Tone;
}

/** Things that happened at a time of their own, whatever a chart is of. */
export interface Happenings {
  marks: Mark[];
  bands: Band[];
  /** The phases of the load, scenario by scenario; those of one do not overlap. */
  lanes: Band[][];
}

export interface Chart extends Happenings {
  title: string;
  /** One sentence that says how to read it. */
  note?: string;
  /** The unit of the values: `units`, `calls/s`, `ms`. */
  unit: string;
  /** Seconds since the sale began, or the places of `xLabels`. */
  x: number[];
  xLabels?: string[];
  /** The meaning of `x`, in a word; absent: time. */
  xName?: string;
  series: Series[];
}

/** A chart over which nothing happens. */
export const NOTHING: Happenings = { marks: [], bands: [], lanes: [] };

export interface Table {
  title: string;
  headings: string[];
  rows: string[][];
  /** Columns of numbers, which stand on the right. */
  numeric: number[];
}

/** A call, as a bar over the time that it took. Places are fractions of the whole span, from 0 to 1. */
export interface Bar {
  from: number;
  to: number;
  /** True for a call that was never answered. */
  isOpen: boolean;
  tone: Tone;
  text: string;
}

/** A change in the ledger. */
export interface Movement {
  at: number;
  text: string;
}

/** The calls of a witness, buyer by buyer, over time. */
export interface TimeLine {
  check: string;
  status: 'invalid' | 'unknown';
  /** The sentences that lead from the calls to the conclusion. */
  prose: string;
  /** The first and the last moment, as times of day. */
  begins: string;
  ends: string;
  lanes: { name: string; bars: Bar[] }[];
  movements: Movement[];
}

/** The charts, tables and time lines of a recorded history. */
export interface SalePictures {
  /** The first is that of the stock. */
  charts: Chart[];
  /** Those over every chart of time, in seconds since the sale began. */
  happenings: Happenings;
  tables: Table[];
  timeLines: TimeLine[];
}
