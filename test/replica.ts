import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { createProgram, type Program } from '../src/stack/processes/program.ts';
import type { Resource } from '../src/stack/resource.ts';
import { findPostgres, type PostgresBinaries } from '../src/stack/services/postgres-binaries.ts';

export interface Replica extends Program {
  /** The URL of a database that its primary has. */
  urlOf(primaryUrl: string): string;
}

const run = promisify(execFile);

/**
 * A streaming replica of a PostgreSQL that `createPostgres` started in `primaryFolder`. npm brings no pg_basebackup, so the
 * files are copied between the two functions that make such a copy whole.
 */
export function createReplica(options: {
  primaryUrl: string;
  primaryFolder: string;
  folder: string;
}): Resource<Replica> {
  const { primaryUrl, primaryFolder, folder } = options;
  const data = join(folder, 'replica', 'data');
  let binaries: PostgresBinaries;
  const program = createProgram({
    name: 'the replica',
    ...{ folder, folderName: 'replica', keepData: false },
    async prepare() {
      binaries = await findPostgres();
      await copyPrimary(primaryUrl, join(primaryFolder, 'postgresql', 'data'), data);
      await writeFile(join(data, 'standby.signal'), '');
      // Its owner is that of the folder that was copied.
      await run('chown', ['-R', `--reference=${data}`, data]);
    },
    serve: (port) => ({
      file: binaries.postgres,
      args: [
        ...['-D', data, '-h', '127.0.0.1', '-p', String(port)],
        ...['-c', 'unix_socket_directories=', '-c', 'max_connections=300'],
        ...['-c', `primary_conninfo=${primaryUrl}`],
      ],
      env: { LC_ALL: 'C', TZ: 'UTC' },
      runAs: binaries.runAs,
    }),
    readyWhen: 'ready to accept read-only connections',
    portTakenWhen: 'Address already in use',
    stopSignal: 'SIGQUIT',
    killSignal: 'SIGQUIT',
    isComplaint: (line) => /error|fatal|panic/i.test(line),
    next: 'look at the log of the replica',
  });
  return {
    name: 'the replica',
    async start() {
      const server = await program.start();
      const urlOf = (url: string) => Object.assign(new URL(url), { port: server.port }).href;
      return { ...server, urlOf };
    },
    stop: () => program.stop(),
  };
}

async function copyPrimary(url: string, from: string, to: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("SELECT pg_backup_start('replica', true)");
    await run('cp', ['-a', from, to]);
    const { rows } = await client.query('SELECT labelfile FROM pg_backup_stop(false)');
    await Promise.all(
      ['postmaster.pid', 'postmaster.opts', 'pg_wal'].map((name) =>
        rm(join(to, name), { recursive: true, force: true }),
      ),
    );
    await mkdir(join(to, 'pg_wal'), { mode: 0o700 });
    await writeFile(join(to, 'backup_label'), rows[0].labelfile);
  } finally {
    await client.end();
  }
}
