import { chmod, lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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

/** The owner of a run folder, and the database that it made on a server which ran already. */
interface Owner extends KnownProcess {
  database?: OwnedDatabase;
}

export interface OwnedDatabase {
  /** Host and port of the server. */
  server: string;
  name: string;
}

/** Notes the database of this process in its run folder, so that a later run drops it if this one is killed. */
export const noteDatabase = (folder: string, database: OwnedDatabase): Promise<void> =>
  writeFile(join(folder, OWNER), JSON.stringify({ ...thisProcess(), database } satisfies Owner));

/**
 * Removes the folders of runs that were killed with no time to tidy up: those whose process is certainly dead, and that
 * have nothing of a service in them. Where such a run left a database, the note of it stays until that is dropped.
 */
export async function removeDeadFolders(parent: string): Promise<void> {
  for (const { folder, owner, files } of await findDeadFolders(parent)) {
    if (owner.database === undefined) await removeRunFolder(folder);
    else for (const file of files) if (file !== OWNER) await removeRunFolder(join(folder, file));
  }
}

/** The databases of runs that were killed, with the run folders in which they are noted. */
export const findDeadDatabases = async (
  parent: string,
): Promise<{ folder: string; database: OwnedDatabase }[]> =>
  (await findDeadFolders(parent)).flatMap(({ folder, owner: { database } }) =>
    database === undefined ? [] : [{ folder, database }],
  );

interface DeadFolder {
  folder: string;
  owner: Owner;
  files: string[];
}

async function findDeadFolders(parent: string): Promise<DeadFolder[]> {
  const names = (await readdir(parent)).filter((name) => /^flashsale-\w{6}$/.test(name));
  const read = await Promise.all(names.map((name) => readDeadFolder(join(parent, name))));
  return read.filter((dead) => dead !== undefined);
}

async function readDeadFolder(folder: string): Promise<DeadFolder | undefined> {
  try {
    // Everybody may write into the folder for temporary files, and name what is to be removed.
    if ((await lstat(folder)).uid !== process.getuid?.()) return undefined;
    const owner = JSON.parse(await readFile(join(folder, OWNER), 'utf8')) as Owner;
    const files = await readdir(folder);
    const isDead = files.every((file) => OWN_FILES.test(file)) && !isStillRunning(owner);
    return isDead ? { folder, owner, files } : undefined;
  } catch {
    // It says nothing of its owner, or is just being removed.
    return undefined;
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
