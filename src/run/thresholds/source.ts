/** The result of a query: a number, or the reason why there is none. */
export type NumberOrReason = { value: number } | { reason: string };

/** A database that answers queries with one number each. */
export interface QuerySource {
  /**
   * Checks before the load that a query can be asked.
   *
   * @throws UserError (environment) when the source does not answer, (usage) when it does not understand the query
   */
  validate(query: string): Promise<void>;
  /**
   * Waits until the source knows everything that has happened. Answers with the reason if it may not know everything.
   */
  catchUp?(): Promise<string | undefined>;
  /** Asks a query. Rejects only when the run is abandoned. */
  ask(query: string): Promise<NumberOrReason>;
}

/** Reads a number as Prometheus and PostgreSQL write it. Only finite numbers can be compared. */
export function numberIn(text: string): NumberOrReason {
  const value = Number(text);
  return Number.isFinite(value) ? { value } : { reason: `its value is ${text}` };
}
