import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../kernel/clock.ts';
import { formatMs } from '../../kernel/format.ts';
import type { RunDeps } from '../context.ts';
import type { AdminApi } from './admin-api.ts';
import { readOpenWork } from './open-work.ts';
import type { EndedLoad } from './sale-host.ts';

/** The longest delay of the sweeper: its interval, a busy database, and the row lock it waits for. */
export const SWEEP_GRACE_MS = 5_000;
/** Holds that live longer than this are not waited for: they are still held at the end, and count as held. */
const WAIT_FOR_HOLDS_MAX_MS = 10_000;
/** Events, attempts and payments end within this time after the last call, or something is wrong. */
const REST_WITHIN_MS = 15_000;
/** A server that is known to sell wrongly may never come to rest; it is not waited for once nothing changes for so long. */
const UNCHANGED_MS_MAX = 2_500;
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
    load: EndedLoad;
  },
  { clock, signal, onEvent }: Pick<RunDeps, 'clock' | 'signal' | 'onEvent'>,
): Promise<void> {
  const { skuIds, holdTtlMs, paymentsTakeMs, load } = sale;
  if (load.outcomes.unknown > 0) await delay(UNANSWERED_CALLS_MS, undefined, { signal });
  const holds = holdTtlMs <= WAIT_FOR_HOLDS_MAX_MS;
  const waitMs = REST_WITHIN_MS + paymentsTakeMs + (holds ? holdTtlMs + SWEEP_GRACE_MS : 0);
  const unchangedMs = load.stoppedBy === 'violation' ? UNCHANGED_MS_MAX + paymentsTakeMs : waitMs;
  const fromNs = clock.monotonicNs();
  const open = await untilAtRest(admin, { skuIds, holds, waitMs, unchangedMs, clock, signal });
  if (open.length > 0) {
    const tookMs = (clock.monotonicNs() - fromNs) / 1e6;
    onEvent({ type: 'log', line: `not at rest after ${formatMs(tookMs)}: ${open.join(', ')}` });
  }
}

/**
 * Reads the ledger until it is at rest, or until `waitMs` have passed, `unchangedMs` without any change. Answers with the work that is still open, in
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
    unchangedMs: number;
    clock: Clock;
    signal: AbortSignal;
  },
): Promise<string[]> {
  const { skuIds, holds, waitMs, unchangedMs, clock, signal } = options;
  const deadlineNs = clock.monotonicNs() + waitMs * 1e6;
  let before = { open: '', sinceNs: clock.monotonicNs() };
  for (;;) {
    const readFromNs = clock.monotonicNs();
    const open = await readOpenWork(admin, skuIds, { holds }).catch((): string[] => {
      signal.throwIfAborted();
      // The server may be restarting after a fault. If it stays away, reading the final ledger fails with the reason.
      return ['a ledger that cannot be read'];
    });
    const nowNs = clock.monotonicNs();
    const leftMs = (deadlineNs - nowNs) / 1e6;
    if (open.join() !== before.open) before = { open: open.join(), sinceNs: nowNs };
    const isStill = nowNs - before.sinceNs >= unchangedMs * 1e6;
    if (open.length === 0 || leftMs <= 0 || isStill) return open;
    const tookMs = (clock.monotonicNs() - readFromNs) / 1e6;
    await delay(Math.min(leftMs, Math.max(FIRST_PAUSE_MS, 2 * tookMs)), undefined, { signal });
  }
}
