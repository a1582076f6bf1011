import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { UserError } from '../kernel/errors.ts';
import { Session } from '../protocol/accounts.ts';
import { createDatabase, dropDatabase } from './database.ts';
import { assertPortIsFree } from './free-port.ts';
import { createPostgres } from './postgres.ts';
import { createScope, type Resource } from './resource.ts';
import { runFolder } from './run-folder.ts';
import { createServerInstance, type InstanceEvent } from './server-instance.ts';

export interface StackOptions {
  instances: number;
  strategy: string;
  /** Allows strategies that are broken on purpose. */
  unsafe: boolean;
  /** A PostgreSQL to work in (in a database of our own); absent: one is started. */
  databaseUrl?: string;
  holdTtlMs: number;
  sweepIntervalMs: number;
  /** Port of the first instance, the next ones count up; absent: free ones. */
  port?: number;
  /** Leaves folder, logs and data where they are when the stack stops. */
  keep: boolean;
  onEvent(event: StackEvent): void;
}

export type StackEvent = InstanceEvent | { type: 'database_died'; why: string };

export interface RunningStack {
  /** Base URL of each instance. */
  targets: string[];
  adminToken: string;
  /** Where logs and data are while it runs. */
  folder: string;
  /** What will still be there when it has stopped, for people. */
  kept: string[];
}

/** The operating system chooses. */
const ANY_PORT = 0;
/** Tokens outlive any run: what is tested is the sale, not the renewal of a token in the middle of it. */
const JWT_TTL_MS = 24 * 3_600_000;

/**
 * The whole system under test on this machine: a PostgreSQL, a database in it, and the server instances. Stopping takes
 * all of it away again.
 */
export function createStack(options: StackOptions): Resource<RunningStack> {
  const scope = createScope();
  const { keep, onEvent } = options;

  return {
    name: 'the stack',
    async start() {
      const ports = Array.from({ length: options.instances }, (_, index) =>
        options.port === undefined ? ANY_PORT : options.port + index,
      );
      await Promise.all(ports.map(assertPortIsFree));

      const folder = await scope.start(runFolder({ keep }));
      const adminUrl =
        options.databaseUrl ??
        (await scope.start(
          createPostgres({
            folder,
            keepData: keep,
            onDeath: (why) => onEvent({ type: 'database_died', why }),
          }),
        ));
      // A database of a PostgreSQL of our own goes with it.
      const drop = options.databaseUrl !== undefined && !keep;
      const databaseUrl = await scope.start(database(adminUrl, { drop }));

      const admin = { username: 'flashsale-admin', password: randomBytes(24).toString('hex') };
      const env = {
        DATABASE_URL: databaseUrl,
        JWT_SECRET: randomBytes(32).toString('hex'),
        JWT_TTL_MS: String(JWT_TTL_MS),
        STRATEGY: options.strategy,
        UNSAFE: options.unsafe ? '1' : '',
        HOLD_TTL_MS: String(options.holdTtlMs),
        SWEEP_INTERVAL_MS: String(options.sweepIntervalMs),
        ADMIN_USERNAME: admin.username,
        ADMIN_PASSWORD: admin.password,
      };
      const targets = await scope.startAll(
        ports.map((port, index) =>
          createServerInstance({
            name: `server-${index + 1}`,
            env,
            port,
            logFile: join(folder, `server-${index + 1}.log`),
            onEvent,
          }),
        ),
      );
      const adminToken = await logIn(targets[0] as string, admin);
      const ownDatabase = `the database${new URL(databaseUrl).pathname.replace('/', ' ')}`;
      const kept = options.databaseUrl === undefined ? [folder] : [folder, ownDatabase];
      return { targets, adminToken, folder, kept: keep ? kept : [] };
    },
    stop: () => scope.stop(),
  };
}

/** A database of its own on the server behind `adminUrl`; starting gives its URL. */
const database = (adminUrl: string, { drop }: { drop: boolean }): Resource<string> => {
  const name = `flashsale_${randomBytes(6).toString('hex')}`;
  let made = false;
  return {
    name: `database ${name}`,
    async start() {
      const url = await createDatabase(adminUrl, name);
      made = true;
      return url;
    },
    async stop() {
      if (made && drop) await dropDatabase(adminUrl, name);
    },
  };
};

/** @throws UserError (environment) when the server refuses the account it was started with */
async function logIn(
  target: string,
  credentials: { username: string; password: string },
): Promise<string> {
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
