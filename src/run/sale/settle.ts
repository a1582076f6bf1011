import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../kernel/clock.ts';
import type { LoadResult } from '../../load/result.ts';
import type { RunDeps } from '../context.ts';
import type { AdminApi } from './admin-api.ts';
import { readOpenWork } from './open-work.ts';

/** The longest delay of the sweeper: its interval, a busy database, and the row lock it waits for. */
export const SWEEP_GRACE_MS = 5_000;
/** Holds that live longer than this are not waited for: they are still held at the end, and count as held. */
const WAIT_FOR_HOLDS_MAX_MS = 10_000;
/** Events, attempts and payments end within this time after the last call, or something is wrong. */
const REST_WITHIN_MS = 15_000;
/** The verdict is certain then, and a server that sells wrongly may never come to rest. */
const REST_AFTER_VIOLATION_MS = 5_000;
/** The server may still work on a call without an answer for this long. */
const UNANSWERED_CALLS_MS = 2_000;
const FIRST_PAUSE_MS = 250;

/** Waits for calls without an answer, then for everything else that the sale set in motion. Logs what does not end. */
export async function settle(
  admin: AdminApi,
  sale: {
    skuIds: string[];
    holdTtlMs: number;
    paymentsTakeMs: number;
    load: Pick<LoadResult, 'outcomes' | 'stoppedBy'>;
  },
  { clock, signal, onEvent }: Pick<RunDeps, 'clock' | 'signal' | 'onEvent'>,
): Promise<void> {
  const { skuIds, holdTtlMs, paymentsTakeMs, load } = sale;
  if (load.outcomes.unknown > 0) await delay(UNANSWERED_CALLS_MS, undefined, { signal });
  const holds = holdTtlMs <= WAIT_FOR_HOLDS_MAX_MS;
  const restMs = load.stoppedBy === 'violation' ? REST_AFTER_VIOLATION_MS : REST_WITHIN_MS;
  const waitMs = restMs + paymentsTakeMs + (holds ? holdTtlMs + SWEEP_GRACE_MS : 0);
  const open = await untilAtRest(admin, { skuIds, holds, waitMs, clock, signal });
  if (open.length > 0) {
    onEvent({ type: 'log', line: `not at rest after ${waitMs / 1_000} s: ${open.join(', ')}` });
  }
}

/**
 * Reads the ledger until it is at rest, or until `waitMs` have passed. Answers with the work that is still open, in
 * words; nothing if the ledger is at rest.
 *
 * Reading takes longer the more was sold, so the pauses grow with the time that reading takes.
 */
export async function untilAtRest(
  admin: Pick<AdminApi, 'readLedger'>,
  options: {
    skuIds: string[];
    /** True if live reservations count as open work. */
    holds: boolean;
    waitMs: number;
    clock: Clock;
    signal: AbortSignal;
  },
): Promise<string[]> {
  const { skuIds, holds, waitMs, clock, signal } = options;
  const deadlineNs = clock.monotonicNs() + waitMs * 1e6;
  for (;;) {
    const readFromNs = clock.monotonicNs();
    const open = await readOpenWork(admin, skuIds, { holds }).catch((): string[] => {
      signal.throwIfAborted();
      // The server may be restarting after a fault. If it stays away, reading the final ledger fails with the reason.
      return ['a ledger that cannot be read'];
    });
    const leftMs = (deadlineNs - clock.monotonicNs()) / 1e6;
    if (open.length === 0 || leftMs <= 0) return open;
    const tookMs = (clock.monotonicNs() - readFromNs) / 1e6;
    await delay(Math.min(leftMs, Math.max(FIRST_PAUSE_MS, 2 * tookMs)), undefined, { signal });
  }
}
