import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../../kernel/clock.ts';

/** Rows that still change after this long are not waited for. */
const GIVE_UP_MS = 60_000;

/**
 * Waits for `waitMs`, and again as long as the rows of the books change meanwhile: a queue that writes them after the answers may be
 * behind by more. Answers with true when they did not change in the last wait, and with false when it gives up.
 *
 * @param look shows the rows; equal texts mean that nothing has changed
 */
export async function waitUntilStill(
  waitMs: number,
  look: () => Promise<string>,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<boolean> {
  const deadlineNs = clock.monotonicNs() + GIVE_UP_MS * 1e6;
  let before = await look();
  for (;;) {
    await delay(waitMs, undefined, { signal });
    const now = await look();
    if (now === before) return true;
    if (clock.monotonicNs() >= deadlineNs) return false;
    before = now;
  }
}
