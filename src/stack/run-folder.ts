import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../kernel/errors.ts';
import type { Resource } from './resource.ts';
import { temporaryFolder } from './temporary-folder.ts';

/**
 * Creates a folder for the files of a run. Every user may pass through it, because root runs PostgreSQL as another
 * user, but only the owner may list it.
 *
 * @throws UserError (environment) when the system's folder for temporary files cannot be written to
 */
export async function makeRunFolder(): Promise<string> {
  const parent = temporaryFolder();
  try {
    const folder = await mkdtemp(join(parent, 'flashsale-'));
    await chmod(folder, 0o711);
    return folder;
  } catch (cause) {
    throw UserError.environment('there is no place for the files of a run', {
      why: (cause as Error).message,
      next: `free some space in ${parent}, or set TMPDIR to a folder with space`,
      cause,
    });
  }
}

export const removeRunFolder = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 5 });

/** A run folder that is removed at the end, unless `keep` is set. */
export function runFolder({ keep }: { keep: boolean }): Resource<string> {
  let folder: string | undefined;
  return {
    name: 'the run folder',
    async start() {
      folder = await makeRunFolder();
      return folder;
    },
    async stop() {
      if (folder !== undefined && !keep) await removeRunFolder(folder);
    },
  };
}
