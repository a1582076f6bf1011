import { UserError } from '../../kernel/errors.ts';
import { partOf, WHOLE } from '../schedule/share.ts';
import type { LoadedScript } from '../vu/script.ts';

/** Measured with a small script: memory of one more VU, and CPU per request compared with VUs that share a thread. */
const MB_PER_VU = 12;
const CPU_FACTOR = 9;

type Script = Pick<LoadedScript, 'threaded' | 'options' | 'path'>;

/** The line that says why each VU has a thread of its own and what that costs; undefined where VUs share one. */
export function threadsNotice({ threaded }: Script): string | undefined {
  if (threaded === undefined) return undefined;
  return `each VU runs the script in a thread of its own, as it is written (${threaded}); that takes about ${MB_PER_VU} MB per VU, and for each request about ${CPU_FACTOR} times the CPU`;
}

/**
 * Throws a UserError when there is no room for as many threads as the script may have VUs.
 *
 * @param freeMb the memory that the machine can still give
 */
export function assertRoomForThreads(script: Script, freeMb: number): void {
  const { threaded, options, path } = script;
  if (threaded === undefined) return;
  const { scenarios, share = WHOLE } = options;
  const vus = scenarios.reduce((sum, { plan }) => sum + partOf(plan.vusMax, share), 0);
  const neededMb = vus * MB_PER_VU;
  if (neededMb <= freeMb) return;
  const why = `each of its ${vus} VUs needs a thread of its own (${threaded}), so about ${neededMb} MB, and ${Math.floor(freeMb)} MB are free`;
  throw UserError.usage(`there is no room for the VUs of ${path}`, {
    why,
    next: 'change what could not be followed, use fewer VUs, or run the script with --runner k6',
  });
}
