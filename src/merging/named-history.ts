import type { RecordedHistory } from '../history/parser.ts';

/** A history and the name by which the user knows it. */
export interface NamedHistory {
  path: string;
  history: RecordedHistory;
}
