import type { SaleFacts } from '../../../history/operation.ts';
import { microsecondsOf } from '../../../kernel/iso-time.ts';

/** Converts the clocks of a history to seconds since the sale began. */
export interface SaleClock {
  /** A moment of the monotonic clock in nanoseconds. */
  ofNs(atNs: number): number;
  /** A time of the ledger, by its own clock. */
  ofIso(iso: string): number;
}

export const createSaleClock = ({ startedAtNs, startedAtMs }: SaleFacts): SaleClock => ({
  ofNs: (atNs) => (atNs - startedAtNs) / 1e9,
  ofIso: (iso) => (microsecondsOf(iso) - startedAtMs * 1e3) / 1e6,
});
