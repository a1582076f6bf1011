import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { UserError } from '../kernel/errors.ts';
import { Session } from '../protocol/accounts.ts';
import { type DependencyParts, startDependencies } from './dependencies.ts';
import type { StackOptions } from './options.ts';
import { ANY_PORT, assertPortIsFree } from './processes/free-port.ts';
import { createScope, type Resource, type Scope } from './resource.ts';
import { runFolder } from './run-folder.ts';
import { dropDeadDatabases, ownDatabase } from './services/database.ts';
import { type MediaFolder, makeMediaFolder } from './services/media-folder.ts';
import { createPostgres, type PostgresServer } from './services/postgres.ts';
import { createServerInstance, type ServerInstance } from './services/server-instance.ts';

export interface RunningStack {
  /** Base URL of each instance. */
  targets: string[];
  adminToken: string;
  /** The servers' own database. */
  databaseUrl: string;
  redisUrl?: string;
  kafkaBrokers?: string;
  /** The parts that the stack started itself; tests of faults kill them and bring them back. */
  parts: DependencyParts & {
    postgres?: PostgresServer;
    servers: ServerInstance[];
    media: MediaFolder;
  };
  /** Folder of logs and data while the stack runs. */
  folder: string;
  /** Names of the folders and databases that stay after the stack has stopped, for the user. */
  kept: string[];
}

interface Credentials {
  username: string;
  password: string;
}

const SWEEP_INTERVAL_MS = 500;
/** Longer than any run: a run tests the sale, and not how a token is renewed in the middle of it. */
const JWT_TTL_MS = 24 * 3_600_000;

/**
 * The whole system under test on this machine: a PostgreSQL with a database for the servers, the services that the
 * options ask for, and the server instances. Stopping removes all of it.
 */
export function createStack(options: StackOptions): Resource<RunningStack> {
  const scope = createScope();
  return {
    name: 'the stack',
    start: () => startStack(options, scope),
    stop: () => scope.stop(),
  };
}

async function startStack(options: StackOptions, scope: Scope): Promise<RunningStack> {
  const { keep } = options;
  const ports = portsOf(options);
  await Promise.all(ports.map(assertPortIsFree));

  const folder = await scope.start(runFolder({ keep }));
  const media = await makeMediaFolder(folder);
  const starting = startDatabase(options, { scope, folder });
  // It is awaited below, together with the servers.
  starting.catch(() => {});
  const dependencies = await startDependencies(options, { scope, folder });

  const admin = { username: 'flashsale-admin', password: randomBytes(24).toString('hex') };
  // The processes of the servers load their modules while the database starts.
  const env = starting.then(({ databaseUrl }) => ({
    ...serverEnv(options, databaseUrl, admin),
    MEDIA_FOLDER: media.path,
    ...dependencies.env,
  }));
  const [{ postgres, databaseUrl }, servers] = await Promise.all([
    starting,
    scope.startAll(ports.map((port, index) => server(index, port))),
  ]);
  const targets = servers.map(({ url }) => url);
  return {
    targets,
    adminToken: await logIn(targets[0] as string, admin),
    databaseUrl,
    redisUrl: dependencies.env.REDIS_URL,
    kafkaBrokers: dependencies.env.KAFKA_BROKERS,
    parts: { ...dependencies.parts, postgres, servers, media },
    folder,
    kept: keep ? describeKept(options, folder, databaseUrl) : [],
  };

  function server(index: number, port: number): Resource<ServerInstance> {
    const name = `server-${index + 1}`;
    const logFile = join(folder, `${name}.log`);
    return createServerInstance({ name, env, port, logFile, onEvent: options.onEvent });
  }
}

const portsOf = ({ instances, port }: StackOptions): number[] =>
  Array.from({ length: instances }, (_, index) => (port === undefined ? ANY_PORT : port + index));

function startPostgres(
  { keep: keepData, onEvent }: StackOptions,
  { scope, folder }: { scope: Scope; folder: string },
): Promise<PostgresServer> {
  const onDeath = (why: string) => onEvent({ type: 'database_died', why });
  return scope.start(createPostgres({ folder, keepData, onDeath }));
}

/** Starts PostgreSQL, unless the options name one, and makes a database in it. */
async function startDatabase(
  options: StackOptions,
  { scope, folder }: { scope: Scope; folder: string },
): Promise<{ postgres?: PostgresServer; databaseUrl: string }> {
  if (options.databaseUrl !== undefined) {
    const own = ownDatabase(options.databaseUrl, options.keep ? {} : { dropBy: folder });
    const databaseUrl = await scope.start(own);
    await dropDeadDatabases(options.databaseUrl, dirname(folder));
    return { databaseUrl };
  }
  const postgres = await startPostgres(options, { scope, folder });
  // Its data are removed with it.
  return { postgres, databaseUrl: await scope.start(ownDatabase(postgres.url)) };
}

const serverEnv = (options: StackOptions, databaseUrl: string, admin: Credentials) => ({
  DATABASE_URL: databaseUrl,
  JWT_SECRET: randomBytes(32).toString('hex'),
  JWT_TTL_MS: String(JWT_TTL_MS),
  STRATEGY: options.strategy,
  UNSAFE: options.unsafe ? '1' : '',
  HOLD_TTL_MS: String(options.holdTtlMs),
  ...(options.tracesUrl !== undefined && { TRACES_URL: options.tracesUrl }),
  SWEEP_INTERVAL_MS: String(SWEEP_INTERVAL_MS),
  ADMIN_USERNAME: admin.username,
  ADMIN_PASSWORD: admin.password,
});

function describeKept(options: StackOptions, folder: string, databaseUrl: string): string[] {
  if (options.databaseUrl === undefined) return [folder];
  return [folder, `the database${new URL(databaseUrl).pathname.replace('/', ' ')}`];
}

/** @throws UserError (environment) when the server refuses the account that it was started with */
async function logIn(target: string, credentials: Credentials): Promise<string> {
  const answer = await fetch(`${target}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(credentials),
  });
  const session = Session.safeParse(await answer.json().catch(() => undefined));
  if (session.success) return session.data.token;
  throw UserError.environment(`${target} refused the administrator`, {
    why: `its login answered ${answer.status}`,
    next: 'run with --keep and look into the server logs of the run folder',
  });
}
