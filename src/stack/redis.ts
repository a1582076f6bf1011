import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '../kernel/errors.ts';
import { createProgram, type Program } from './program.ts';
import type { Resource } from './resource.ts';

export interface RedisServer extends Program {
  url: string;
}

/** Redis 7 is what is tested; nothing here needs more than 6.2. */
const VERSION_MIN = [6, 2] as const;

/**
 * A Redis of our own on a free loopback port, from the `redis-server` on PATH. Without `durable` it keeps nothing on
 * disk and a restart finds it empty; with it, every write is in the append-only file before it is answered.
 */
export function createRedisServer(options: {
  /** The run's folder; the data goes into a folder of its own below. */
  folder: string;
  durable?: boolean;
  keepData?: boolean;
  port?: number;
  /** How many logical databases it has; absent: 16, as everywhere. */
  databases?: number;
  onDeath?(why: string): void;
}): Resource<RedisServer> {
  const { folder, durable = false, keepData = false, databases = 16 } = options;
  const home = join(folder, 'redis');
  const program = createProgram({
    name: 'Redis',
    cwd: home,
    port: options.port,
    serve: (port) => ({
      file: 'redis-server',
      args: [
        ...['--port', String(port), '--bind', '127.0.0.1', '--dir', home, '--save', ''],
        ...['--appendonly', durable ? 'yes' : 'no', '--appendfsync', 'always'],
        ...['--databases', String(databases)],
      ],
    }),
    readyWhen: 'Ready to accept connections',
    portTakenWhen: 'Address already in use',
    logFile: join(folder, 'redis.log'),
    stopSignal: 'SIGTERM',
    orphanedFolder: keepData ? undefined : folder,
    isComplaint: (line) => /error|fatal|can't|failed/i.test(line),
    next: 'run flashsale-cli doctor, or give a Redis you have with --redis-url',
    onDeath: options.onDeath,
  });

  return {
    name: 'Redis',
    async start() {
      await findRedisServer();
      await mkdir(home, { recursive: true });
      const redis = await program.start();
      return { ...redis, url: `redis://127.0.0.1:${redis.port}` };
    },
    async stop() {
      await program.stop();
      if (!keepData) await rm(home, { recursive: true, force: true });
    },
  };
}

/**
 * The version of the `redis-server` on PATH.
 *
 * @throws UserError (environment) when there is none, or it is too old
 */
export async function findRedisServer(): Promise<string> {
  const next =
    'install it (apt-get install redis-server, brew install redis), or give a Redis you have with --redis-url';
  const { stdout } = await promisify(execFile)('redis-server', ['--version']).catch((cause) => {
    throw UserError.environment('there is no Redis to start', {
      why: `redis-server cannot be run (${(cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'it is not on PATH' : (cause as Error).message})`,
      next,
      cause,
    });
  });
  const version = /v=(\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? '0.0.0';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < VERSION_MIN[0] || (major === VERSION_MIN[0] && minor < VERSION_MIN[1])) {
    throw UserError.environment('there is no Redis to start', {
      why: `redis-server on PATH is ${version}, older than ${VERSION_MIN.join('.')}`,
      next,
    });
  }
  return version;
}
