import type { Timeline } from './timeline.ts';

/**
 * The clock of the ledger. It is not the clock of the history: it may be ahead or behind, and run a little faster or
 * slower. Its moments are nanoseconds since the sale began, as it would have them.
 */
export interface LedgerClock {
  nowNs(): number;
  /** The moment on the history's clock from which on this clock shows at least `ledgerNs`. */
  whenNs(ledgerNs: number): number;
  /** Writes a moment to the microsecond, as PostgreSQL does: cut, so that an earlier moment never reads as a later one. */
  iso(ledgerNs: number): string;
}

export function createLedgerClock(
  timeline: Timeline,
  { aheadNs, gainPpm, startedAtMs }: { aheadNs: number; gainPpm: number; startedAtMs: number },
): LedgerClock {
  const pace = 1 + gainPpm / 1e6;
  return {
    nowNs: () => Math.floor(timeline.nowNs() * pace) + aheadNs,
    whenNs: (ledgerNs) => Math.ceil((ledgerNs - aheadNs) / pace) + 1,
    iso(ledgerNs) {
      const us = Math.floor(ledgerNs / 1e3);
      const seconds = Math.floor(us / 1e6);
      const text = new Date(startedAtMs + seconds * 1e3).toISOString().slice(0, 19);
      return `${text}.${String(us - seconds * 1e6).padStart(6, '0')}Z`;
    },
  };
}
