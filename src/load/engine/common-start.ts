import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../../kernel/errors.ts';
import { formatMs } from '../../kernel/format.ts';

/** A run that is stopped meanwhile notices it within this time. */
const LOOK_EVERY_MS = 100;

/**
 * Waits for the wall time at which all processes of a load begin together; not any longer once the run is stopped.
 *
 * @param startAtMs milliseconds since the epoch
 * @throws UserError (environment) when that moment is over: the others fire without this one
 */
export async function waitForCommonStart(
  startAtMs: number,
  { nowMs, isStopped, log }: { nowMs(): number; isStopped(): boolean; log(line: string): void },
): Promise<void> {
  const waitsMs = startAtMs - nowMs();
  if (waitsMs < 0) {
    throw UserError.environment(`this part was ready ${formatMs(-waitsMs)} after the load began`, {
      why: `all parts begin at ${new Date(startAtMs).toISOString()} by the clock of their machine, and the others did`,
      next: 'prepare the sale again with more time, as --start-in 2m, and run all parts anew; or set the clock of this machine, if it is wrong',
    });
  }
  log(`waits ${formatMs(waitsMs)} for the common start at ${new Date(startAtMs).toISOString()}`);
  for (let leftMs = waitsMs; leftMs > 0 && !isStopped(); leftMs = startAtMs - nowMs()) {
    await delay(Math.min(leftMs, LOOK_EVERY_MS));
  }
}
