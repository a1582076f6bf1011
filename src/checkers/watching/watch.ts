import type { CallEvent } from '../../history/call-watch.ts';

/** An invariant that is certainly broken, whatever comes after it. */
export interface Violation {
  /** Name of the check that finds it in the whole history. */
  check: string;
  /** One sentence without its full stop, as the check says it. */
  summary: string;
  /** The moment at which it was found, in nanoseconds on the history's clock. */
  atNs: number;
}

/** One check that is made while the load runs, of what can be known then. */
export interface Watch {
  /** Name of the check. */
  check: string;
  /** Hears what a call shows. Answers with a sentence if an invariant is broken for certain by now. */
  hear(event: CallEvent): string | undefined;
}
