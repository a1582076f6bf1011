import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../kernel/errors.ts';
import { isStillRunning, type KnownProcess, thisProcess } from './processes/birth.ts';
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

/** The file that names the process to which a run folder belongs. */
const OWNER = 'owner.json';

/**
 * The files of the process itself and of the servers that it started, which end with it. Whatever else is there belongs to services,
 * whose keepers remove it.
 */
const OWN_FILES =
  /^(owner\.json|sale\.json|history\.(\S+\.)?(ndjson|worker-\d+)|server-\d+\.log|payments\.(log|ndjson)|smtp\.log|media(-\w+)?)$/;

/**
 * Removes the folders of runs that were killed with no time to tidy up: those whose process is certainly dead, and that
 * have nothing of a service in them.
 */
export async function removeDeadFolders(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!/^flashsale-\w{6}$/.test(name)) continue;
    const folder = join(parent, name);
    if (await isDead(folder)) await removeRunFolder(folder);
  }
}

async function isDead(folder: string): Promise<boolean> {
  try {
    const owner = JSON.parse(await readFile(join(folder, OWNER), 'utf8')) as KnownProcess;
    const files = await readdir(folder);
    return files.every((file) => OWN_FILES.test(file)) && !isStillRunning(owner);
  } catch {
    // It says nothing of its owner, or belongs to another user, or is just being removed.
    return false;
  }
}

/** A run folder that is removed at the end, unless `keep` is set. */
export function runFolder({ keep }: { keep: boolean }): Resource<string> {
  let folder: string | undefined;
  return {
    name: 'the run folder',
    async start() {
      folder = await makeRunFolder();
      if (!keep) {
        await writeFile(join(folder, OWNER), JSON.stringify(thisProcess()));
        await removeDeadFolders(dirname(folder));
      }
      return folder;
    },
    async stop() {
      if (folder !== undefined && !keep) await removeRunFolder(folder);
    },
  };
}
