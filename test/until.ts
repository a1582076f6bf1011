import { setTimeout as delay } from 'node:timers/promises';

/** Waits until the condition holds, and checks it every 5 ms. The timeout of the test ends a wait without end. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(5);
}
