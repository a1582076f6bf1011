/** A part of the load's plan: a stage of a scenario, or a scenario that has none. */
export interface RecordedPhase {
  scenario: string;
  /** The aim of the stage: `to 50 VUs`; absent for a scenario without stages. */
  stage?: string | undefined;
  /** Nanoseconds on the history's monotonic clock. */
  atNs: number;
  /** The moment from which on no iteration of it began; absent if it is not known. */
  untilNs?: number | undefined;
}
