import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { UserError } from '../src/kernel/errors.ts';

/**
 * What a service's absence means: its tests are left out, and the run says so once; with
 * `FLASHSALE_TEST_REQUIRE_SERVICES=1`, as in CI, the run fails.
 *
 * @returns what the service is started from, or undefined when it is not there
 */
export async function unlessAbsent<T>(find: () => Promise<T>): Promise<T | undefined> {
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const text = `${error.message}: ${error.why}\nnext: ${error.next}`;
    if (process.env.FLASHSALE_TEST_REQUIRE_SERVICES === '1') throw new Error(text);
    process.stderr.write(`tests that need it are skipped: ${text}\n`);
    return undefined;
  }
}

/**
 * Whether tests run a program: when it is on PATH, and also where services are required, so that its absence fails them.
 */
export const canTestWith = (program: string): boolean =>
  process.env.FLASHSALE_TEST_REQUIRE_SERVICES === '1' ||
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
