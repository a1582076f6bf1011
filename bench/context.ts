import type { Arena } from './kit/arena.ts';
import type { Report } from './report.ts';

export interface BenchContext {
  /** Opened when the first part asks for it, closed after the last. */
  openArena(): Promise<Arena>;
  /** Makes a number of calls smaller, to try out a part (--scale 0.01). */
  scaled(count: number): number;
  /** Rounds that count; medians are taken over them. */
  rounds: number;
  /** Length of a soak. */
  minutes: number;
  /** Past reservations in the tables, at most. */
  rowsMax: number;
}

export interface BenchPart {
  name: string;
  /** The thing that it measures, in a line. */
  about: string;
  /** True if it is run when no part is named. */
  isDefault: boolean;
  run(context: BenchContext): Promise<Report>;
}
