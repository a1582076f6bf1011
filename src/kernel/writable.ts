import { closeSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { rootMessage, UserError } from './errors.ts';

/**
 * Tries a file that is written at the end of long work, and its folder, which is made. Nobody should learn afterwards that
 * what was found cannot be kept. What the file contains stays as it is.
 *
 * @param option the option of the command line that names the file
 * @throws UserError (environment) when it cannot be written
 */
export function assertWritable(path: string, option: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const before = statSync(path, { throwIfNoEntry: false });
    // A pipe or a device may not be opened for a try: its reader would take that for the end.
    if (before !== undefined && !before.isFile() && !before.isDirectory()) return;
    closeSync(openSync(path, 'a'));
    if (before === undefined) rmSync(path);
  } catch (cause) {
    throw UserError.environment(`${path} cannot be written`, {
      why: rootMessage(cause),
      next: `give another file with ${option}`,
      cause,
    });
  }
}
