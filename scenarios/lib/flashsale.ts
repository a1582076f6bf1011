import { sleep } from 'k6';
import exec from 'k6/execution';

/**
 * The functions of flashsale-cli that k6 does not have, for scripts that run in k6. flashsale-cli does not read this
 * file: it replaces an import of `flashsale.ts` by its own module, so that one script runs in both programs.
 */

/** Time that k6's VUs have to arrive at the rendezvous. */
const GATHERING_MS = 2_000;

/**
 * Waits until `vus` VUs wait at the rendezvous `name`; then all of them continue at the same instant.
 *
 * flashsale-cli counts the VUs that wait, and reports how far apart their next requests were and how many of those were
 * under way at once (`flashsale_rendezvous_skew`, `flashsale_rendezvous_in_flight`). k6's VUs share nothing but the
 * clock: in k6, every VU that arrives in the first two seconds of the scenario continues at the end of these two
 * seconds.
 */
export async function rendezvous(
  _name: string,
  _vus: number,
  _options?: { timeout?: string | number },
): Promise<void> {
  const leftMs = exec.scenario.startTime + GATHERING_MS - Date.now();
  if (leftMs > 0) await sleep(leftMs / 1_000);
}
