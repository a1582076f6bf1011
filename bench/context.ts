import type { Arena } from './kit/arena.ts';
import type { Report } from './report.ts';

export interface BenchContext {
  /** Opened when the first part asks for it, closed after the last. */
  openArena(): Promise<Arena>;
  /** Rounds that count; medians are taken over them. */
  rounds: number;
  /** Length of a soak. */
  minutes: number;
  /** Past reservations in the tables, at most. */
  rowsMax: number;
}

export interface BenchPart {
  name: string;
  /** What it measures, in a line. */
  about: string;
  /** True if it is run when no part is named. */
  isDefault: boolean;
  run(context: BenchContext): Promise<Report>;
}
