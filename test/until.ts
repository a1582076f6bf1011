import { setTimeout as delay } from 'node:timers/promises';

/** Waits until something is so, looking often; the test's own timeout ends a wait that is in vain. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(5);
}
