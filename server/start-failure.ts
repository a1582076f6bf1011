import { rootMessage, UserError } from '../src/kernel/errors.ts';
import type { Config } from './config/config.ts';

/** Explains to the operator why the server did not start and how to mend it. Undefined for an error that is a bug. */
export function explainStartFailure(
  error: unknown,
  step: 'database' | 'listen',
  config: Pick<Config, 'host' | 'port' | 'databaseUrl'>,
): UserError | undefined {
  if (error instanceof UserError) return error;
  const code = codeOf(error);
  const explanation =
    step === 'listen' ? LISTEN_FAILURES[code] : (DATABASE_FAILURES[code] ?? MIGRATION_FAILURE);
  if (explanation === undefined) return undefined;
  const what =
    step === 'listen'
      ? `cannot listen on ${config.host}:${config.port}`
      : `cannot use the database ${withoutPassword(config.databaseUrl)}`;
  const why = explanation.why ?? rootMessage(error);
  return UserError.environment(what, { why, next: explanation.next, cause: error });
}

interface Explanation {
  /** Absent: the message of the system is used. */
  why?: string;
  next: string;
}

const LISTEN_FAILURES: Record<string, Explanation> = {
  EADDRINUSE: {
    why: 'another process listens on this port',
    next: 'stop that process, or set PORT to another port (0 takes a free one)',
  },
  EACCES: {
    why: 'this user may not listen on such a low port',
    next: 'set PORT to a port above 1023',
  },
  EADDRNOTAVAIL: {
    why: 'this machine does not have that address',
    next: 'set HOST to an address of this machine, such as 127.0.0.1',
  },
  ENOTFOUND: {
    why: 'the host name is not known',
    next: 'set HOST to an address of this machine, such as 127.0.0.1',
  },
};

const CHECK_URL = 'check user, password and database in DATABASE_URL';
const START_IT = 'start PostgreSQL, or correct host and port in DATABASE_URL';

const DATABASE_FAILURES: Record<string, Explanation> = {
  ECONNREFUSED: { why: 'nothing answers at that address', next: START_IT },
  ENOTFOUND: { why: 'the host name is not known', next: START_IT },
  EAI_AGAIN: { why: 'the host name could not be looked up', next: START_IT },
  ETIMEDOUT: { why: 'there was no answer in time', next: START_IT },
  ECONNRESET: { next: START_IT },
  '28P01': { why: 'the password is wrong', next: CHECK_URL },
  '28000': { why: 'this user may not connect', next: CHECK_URL },
  '3D000': { why: 'the server is there, but not this database', next: CHECK_URL },
  '57P03': { why: 'PostgreSQL is still starting up', next: 'try again in a moment' },
  '53300': {
    why: 'PostgreSQL has no connection left',
    next: 'end other clients, or raise max_connections',
  },
  '55P03': {
    why: 'others keep a table locked that this version changes',
    next: "end what locks it (SELECT pid, query, xact_start FROM pg_stat_activity WHERE state <> 'idle'), and start again",
  },
};

const MIGRATION_FAILURE: Explanation = {
  next: 'read the message of PostgreSQL; the migration was rolled back and can be repeated',
};

/** The code of the outermost error that has one. */
function codeOf(error: unknown): string {
  for (let current = error; current instanceof Error; current = innerOf(current)) {
    if ('code' in current && typeof current.code === 'string') return current.code;
  }
  return '';
}

const innerOf = (error: Error): unknown =>
  error instanceof AggregateError ? error.errors[0] : error.cause;

function withoutPassword(databaseUrl: string): string {
  try {
    const url = new URL(databaseUrl);
    url.password = '';
    return url.href;
  } catch {
    return 'in DATABASE_URL';
  }
}
