import { existsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';

/**
 * The folder for the files of runs: the system's folder for temporary files. Root runs PostgreSQL as another user, who
 * cannot enter a TMPDIR that is open to root alone; then the folder is /tmp.
 */
export function temporaryFolder(): string {
  const folder = tmpdir();
  const isRootsAlone = process.getuid?.() === 0 && existsSync(folder) && !everybodyMayEnter(folder);
  return isRootsAlone ? '/tmp' : folder;
}

/** True if every user, and not only root, may pass through all folders of the path. */
export function everybodyMayEnter(path: string): boolean {
  const open = (statSync(path).mode & 0o001) !== 0;
  return open && (dirname(path) === path || everybodyMayEnter(dirname(path)));
}
