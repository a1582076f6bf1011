import { UserError } from '../src/kernel/errors.ts';
import { ExitCode } from '../src/kernel/exit-codes.ts';
import { composeServer } from './compose.ts';
import { readConfig } from './config/config.ts';
import { createLogger, type Logger } from './platform/logging.ts';
import { migrate } from './platform/migrate.ts';
import { createPool } from './platform/postgres.ts';
import { connectRedis } from './platform/redis.ts';
import { explainStartFailure } from './start-failure.ts';

/** What a parent process that opened an IPC channel is told. */
export type ServerMessage =
  | { type: 'listening'; url: string; pid: number }
  | { type: 'failed'; what: string; why: string; next: string };

/** Beyond the drain itself, ending the pool may take this long before the process leaves anyway. */
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
  const config = readConfig(process.env);
  log = createLogger({ level: config.logLevel, instance: config.instance });

  const pool = createPool({
    connectionString: config.databaseUrl,
    max: config.databasePoolMax,
    applicationName: `flashsale ${config.instance}`,
    onIdleError: (error) => log.warn({ err: error }, 'an idle database connection broke'),
  });
  const redis =
    config.redisUrl === undefined
      ? undefined
      : await connectRedis({
          url: config.redisUrl,
          connectionName: `flashsale ${config.instance}`,
          onDown: (error) => log.warn({ err: error }, 'Redis is away; selling goes on without it'),
        });
  redis?.onUp(() => log.info('Redis is back'));
  const server = composeServer({ config, pool, redis, log });
  endOnSignal(log, config.drainNoticeMs + config.drainTimeoutMs, async () => {
    await server.drain();
    await Promise.all([pool.end(), redis?.close()]);
  });

  const orExplain = (step: 'database' | 'listen') => (error: unknown) => {
    throw explainStartFailure(error, step, config) ?? error;
  };
  await migrate(config.databaseUrl).catch(orExplain('database'));
  const url = await server.start().catch(orExplain('listen'));

  const { roles, strategy } = config;
  log.info({ url, roles, strategy, pid: process.pid }, 'listening');
  await tellParent({ type: 'listening', url, pid: process.pid });
}

/**
 * The first SIGTERM or SIGINT, or the death of the parent that holds the IPC channel, ends the server gracefully; a
 * second signal ends it at once. Nobody is left to notice an orphan, so a server never outlives who started it.
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

/** Resolves when the message is on its way, so that the process may exit. A parent that is gone is told nothing. */
async function tellParent(message: ServerMessage): Promise<void> {
  if (process.send === undefined || !process.connected) return;
  await new Promise<void>((resolve) => process.send?.(message, () => resolve()));
}
