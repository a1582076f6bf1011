import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Redis } from 'ioredis';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import { createProgram, type Program } from '../processes/program.ts';
import type { Resource } from '../resource.ts';

export interface RedisServer extends Program {
  url: string;
}

/** The tests use Redis 7; no feature in use needs more than 6.2. */
const VERSION_MIN = [6, 2] as const;

/**
 * A Redis of our own on a free loopback port, from the `redis-server` on PATH. Without `durable` it writes nothing to
 * disk and is empty after a restart; with `durable` every write is in the append-only file before it is answered.
 */
export function createRedisServer(options: {
  /** The run's folder; the data are written to a subfolder. */
  folder: string;
  durable?: boolean;
  keepData?: boolean;
  port?: number;
  /** Number of logical databases; absent: 16, Redis's own default. */
  databases?: number;
  onDeath?(why: string): void;
}): Resource<RedisServer> {
  const { folder, durable = false, keepData = false, databases = 16 } = options;
  const program = createProgram({
    name: 'Redis',
    folder,
    folderName: 'redis',
    keepData,
    async prepare() {
      await findRedisServer();
    },
    port: options.port,
    serve: (port) => ({
      file: 'redis-server',
      args: [
        ...['--port', String(port), '--bind', '127.0.0.1', '--save', ''],
        ...['--appendonly', durable ? 'yes' : 'no', '--appendfsync', 'always'],
        ...['--databases', String(databases)],
      ],
    }),
    readyWhen: 'Ready to accept connections',
    portTakenWhen: 'Address already in use',
    stopSignal: 'SIGTERM',
    isComplaint: (line) => /error|fatal|can't|failed/i.test(line),
    next: 'run flashsale-cli doctor, or give a Redis you have with --redis-url',
    onDeath: options.onDeath,
  });

  return {
    name: 'Redis',
    async start() {
      const redis = await program.start();
      return { ...redis, url: `redis://127.0.0.1:${redis.port}` };
    },
    stop: () => program.stop(),
  };
}

/**
 * Asks the Redis behind a URL for its version.
 *
 * @throws UserError (environment) when it does not answer
 */
export async function probeRedis(url: string): Promise<string> {
  const client = await createClient(url);
  let reason: unknown;
  client.on('error', (error) => {
    reason = error;
  });
  try {
    await client.connect();
    return `Redis ${/redis_version:(\S+)/.exec(await client.info('server'))?.[1]}`;
  } catch (error) {
    const { hostname, port } = new URL(url);
    throw UserError.environment(`Redis at ${hostname}:${port || 6379} cannot be used`, {
      why: rootMessage(reason ?? error),
      next: 'check REDIS_URL, or unset it and add --redis to start one here',
      cause: error,
    });
  } finally {
    client.disconnect();
  }
}

/** A client that is not connected yet. ioredis is loaded here, because most runs have no Redis. */
async function createClient(url: string): Promise<Redis> {
  const { default: ioredis } = await import('ioredis');
  return new ioredis.Redis(url, { lazyConnect: true, connectTimeout: 5_000, retryStrategy: null });
}

/** Makes the Redis behind a URL lose all its data, as one that was restarted without a file. Rejects when it does not answer. */
export async function emptyRedis(url: string): Promise<void> {
  const client = await createClient(url);
  // The promises below reject with the reason.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.flushall();
  } finally {
    client.disconnect();
  }
}

/** True if this machine has a `redis-server` that `createRedisServer` can start. */
export const isRedisServerThere = (): Promise<boolean> =>
  findRedisServer().then(
    () => true,
    () => false,
  );

/**
 * Finds the version of the `redis-server` on PATH.
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
