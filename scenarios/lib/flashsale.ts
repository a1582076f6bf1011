import { sleep } from 'k6';
import exec from 'k6/execution';

/**
 * What flashsale-cli has beyond k6, for k6. flashsale-cli never reads this file: an import of `flashsale.ts` is its own
 * module there, so one script runs in both.
 */

/** Time for k6's VUs to get to the door. */
const GATHERING_MS = 2_000;

/**
 * Waits until `buyers` are waiting at the place of that name; then all of them go on at one instant. flashsale-cli
 * counts who is there, and reports how far apart their next requests were and how many were under way at once
 * (`flashsale_rendezvous_skew`, `flashsale_rendezvous_in_flight`). k6's VUs share nothing but the clock: there everyone
 * who comes within the scenario's first two seconds goes on at their end.
 */
export async function rendezvous(
  _name: string,
  _buyers: number,
  _options?: { timeout?: string | number },
): Promise<void> {
  const leftMs = exec.scenario.startTime + GATHERING_MS - Date.now();
  if (leftMs > 0) await sleep(leftMs / 1_000);
}
