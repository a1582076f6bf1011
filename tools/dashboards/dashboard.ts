import type { Query } from './queries.ts';

/** One dashboard as its files describe it: rows of panels, from top to bottom. */
export interface Dashboard {
  /** Name of its file, and the end of its address. */
  name: string;
  title: string;
  rows: { title: string; panels: Panel[] }[];
}

export interface Panel {
  /**
   * `number`: the last value, large; `lines` and `areas` over time; `states`: a band for each line, coloured by its value;
   * `table`: the last value of each line in a row.
   */
  shows: 'number' | 'lines' | 'areas' | 'states' | 'table';
  title: string;
  /** A sentence that says how to read it. */
  description: string;
  /** A unit of Grafana: `s`, `bytes`, `reqps` … */
  unit: string;
  queries: Query[];
  /** Columns of 24. */
  width: number;
  height?: number;
  max?: number;
  /** Numbers and bands are red from this value on; absent: they are never red. */
  redFrom?: number;
  /** Words for values. */
  words?: Record<number, string>;
  /** True for a table whose value is always 1. */
  hidesValue?: boolean;
  /** The panel is empty without this, which a short sale does not have. */
  needs?: string;
}
