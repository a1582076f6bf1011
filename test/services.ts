import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { assetPath } from '../src/kernel/assets.ts';
import { UserError } from '../src/kernel/errors.ts';

/**
 * Finds a service that tests need. Without it the tests are skipped and the run reports that once; with
 * `FLASHSALE_TEST_REQUIRE_SERVICES=1`, as in CI, the run fails.
 *
 * @returns the result of `find`, or undefined when the service is missing
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
 * The Python of an environment that `tools/services install` makes; undefined where it is not installed.
 *
 * @param requirements the file that says which version of the package is installed
 */
export const findPython = (name: string, requirements: string): Promise<string | undefined> =>
  unlessAbsent(async () => {
    const pinned = new RegExp(`^${name}==(.+)$`, 'm');
    const version = pinned.exec(readFileSync(assetPath(requirements), 'utf8'))?.[1];
    const folder = join(homedir(), '.cache', 'flashsale-cli', `${name}-${version}`);
    const file = join(folder, 'bin', 'python');
    if (existsSync(file)) return file;
    throw UserError.environment(`there is no ${name} to test with`, {
      why: `version ${version} is not installed`,
      next: 'tools/services install, which needs python3 with venv',
    });
  });

/**
 * True if tests of a program run: when it is on PATH, or when services are required, so that a missing program fails them.
 */
export const canTestWith = (program: string): boolean =>
  process.env.FLASHSALE_TEST_REQUIRE_SERVICES === '1' || pathOf(program) !== undefined;

/** The path of a program on PATH. */
export const pathOf = (program: string): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find(existsSync);
