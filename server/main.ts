import { once } from 'node:events';
import { UserError } from '../src/kernel/errors.ts';
import { ExitCode } from '../src/kernel/exit-codes.ts';
import type { SpanExport } from '../src/tracing/span-export.ts';
import { composeServer } from './compose.ts';
import { type Config, readConfig } from './config/config.ts';
import { createLogger, type Logger } from './platform/logging.ts';
import { migrate } from './platform/migrate.ts';
import { BY_INDEX, createPool } from './platform/postgres.ts';
import { connectRedis } from './platform/redis.ts';
import { explainStartFailure } from './start-failure.ts';

/** The messages to a parent process that opened an IPC channel. */
export type ServerMessage =
  | { type: 'listening'; url: string; pid: number }
  | { type: 'failed'; what: string; why: string; next: string };

/** Time after the longest drain for closing the pool. After that the process exits in any case. */
const EXIT_GRACE_MS = 5000;

let log = createLogger({ level: 'info', instance: 'server' });

process.on('uncaughtException', (error) => {
  log.fatal({ err: error }, 'a bug ended the server');
  process.exit(ExitCode.internalError);
});

try {
  await run();
} catch (error) {
  await fail(error);
}

async function run(): Promise<void> {
  const config = readConfig(await readEnvironment());
  log = createLogger({ level: config.logLevel, instance: config.instance });

  const pool = createPool({
    connectionString: config.databaseUrl,
    max: config.databasePoolMax,
    applicationName: `flashsale ${config.instance}`,
    planning: BY_INDEX,
    onIdleError: (error) => log.warn({ err: error }, 'an idle database connection broke'),
  });
  const redis =
    config.redisUrl === undefined
      ? undefined
      : await connectRedis({
          url: config.redisUrl,
          connectionName: `flashsale ${config.instance}`,
          onDown: (error) => log.warn({ err: error }, 'Redis is down; selling goes on without it'),
        });
  redis?.onUp(() => log.info('Redis is back'));
  const spans = await openSpans(config);
  const server = composeServer({ config, pool, redis, log, spans });
  endOnSignal(log, config.drainNoticeMs + config.drainTimeoutMs, async () => {
    await server.drain();
    const [unsent] = await Promise.all([spans?.close(), pool.end(), redis?.close()]);
    if (unsent !== undefined) log.warn(unsent);
  });

  const { databaseSessionUrl: databaseUrl } = config;
  const orExplain = (step: 'database' | 'listen') => (error: unknown) => {
    throw explainStartFailure(error, step, { ...config, databaseUrl }) ?? error;
  };
  const onBlocked = (error: unknown) =>
    log.warn(
      { err: error },
      'a migration met locks of others; it was rolled back and is tried again',
    );
  await migrate(databaseUrl, { onBlocked }).catch(orExplain('database'));
  const url = await server.start().catch(orExplain('listen'));

  const { roles, strategy } = config;
  log.info({ url, roles, strategy, pid: process.pid }, 'listening');
  await tellParent({ type: 'listening', url, pid: process.pid });
}

/** The way to the collector of traces; its packages are loaded only where there is one. */
async function openSpans({ tracesUrl, instance }: Config): Promise<SpanExport | undefined> {
  if (tracesUrl === undefined) return undefined;
  const { openSpanExport } = await import('../src/tracing/span-export.ts');
  return openSpanExport(tracesUrl, { name: 'flashsale-server', instance });
}

/**
 * The environment. With `MORE_SETTINGS=by-message` the parent sends further variables when it knows them: this process has
 * loaded its modules by then, while the parent started the database.
 */
async function readEnvironment(): Promise<NodeJS.ProcessEnv> {
  if (process.env.MORE_SETTINGS !== 'by-message') return process.env;
  const [more] = (await once(process, 'message')) as [Record<string, string>];
  return { ...process.env, ...more };
}

/**
 * Drains the server at the first SIGTERM or SIGINT, or when the parent with the IPC channel dies; a second signal ends the
 * process at once. A server never outlives the process that started it, because nothing would stop an orphan.
 */
function endOnSignal(log: Logger, drainMsMax: number, drain: () => Promise<void>): void {
  let ending = false;

  const end = async (reason: string) => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(ExitCode.internalError), drainMsMax + EXIT_GRACE_MS).unref();
    log.info({ reason }, 'draining');
    await drain();
    log.info('drained');
    process.exit(0);
  };
  const onSignal = (signal: string) => {
    if (ending) process.exit(ExitCode.internalError);
    void end(signal);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('disconnect', () => void end('the parent process is gone'));
}

async function fail(error: unknown): Promise<never> {
  if (!(error instanceof UserError)) {
    log.fatal({ err: error }, 'the server could not start');
    process.exit(ExitCode.internalError);
  }
  const { message: what, why, next, exitCode } = error;
  log.fatal({ what, why, next }, `${what}: ${why}; ${next}`);
  await tellParent({ type: 'failed', what, why, next });
  process.exit(exitCode);
}

/** Resolves when the message was sent, so that the process may exit. Does nothing if the parent is gone. */
async function tellParent(message: ServerMessage): Promise<void> {
  if (process.send === undefined || !process.connected) return;
  await new Promise<void>((resolve) => process.send?.(message, () => resolve()));
}
