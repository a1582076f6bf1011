import { existsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';

/**
 * Where the files of a run go: the system's folder for temporary files. Under root PostgreSQL runs as another user, who
 * cannot get to a TMPDIR that is root's alone; then it is /tmp.
 */
export function temporaryFolder(): string {
  const folder = tmpdir();
  const isRootsAlone = process.getuid?.() === 0 && existsSync(folder) && !everybodyMayEnter(folder);
  return isRootsAlone ? '/tmp' : folder;
}

/** Whether every folder on the way lets everybody through, not only root. */
export function everybodyMayEnter(path: string): boolean {
  const open = (statSync(path).mode & 0o001) !== 0;
  return open && (dirname(path) === path || everybodyMayEnter(dirname(path)));
}
