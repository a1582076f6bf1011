import { parseDurationMs } from '../../load/schedule/parse-duration.ts';
import { waitWatched } from '../runtime/wait-watch.ts';
import type { K6Module } from './module.ts';

const TIMEOUT_DEFAULT = '30s';

/**
 * `flashsale`: functions that k6 does not have. Scripts import them from a file (`./lib/flashsale.ts`), and the k6 program
 * runs that file in place of this module.
 */
export const flashsaleModule: K6Module = (vu) => ({
  rendezvous(
    name: string,
    vus: number,
    { timeout = TIMEOUT_DEFAULT }: { timeout?: string | number } = {},
  ): Promise<void> | undefined {
    if (typeof name !== 'string' || name === '') throw new TypeError('a rendezvous needs a name');
    if (!Number.isInteger(vus) || vus < 1) {
      throw new TypeError(`rendezvous "${name}" needs the number of VUs to wait for`);
    }
    const timeoutMs = parseDurationMs(timeout);
    if (timeoutMs === undefined) {
      throw new TypeError(`rendezvous "${name}": "${timeout}" is not a duration like 30s`);
    }
    if (vu.initializing) throw new Error('rendezvous() works in scenarios only, not in init code');
    return waitWatched(vu, 'rendezvous()', () => vu.meet({ name, size: vus, timeoutMs }));
  },
});
