import pg from 'pg';
import { rememberTwo } from '../../src/kernel/memo.ts';

// PostgreSQL's bigint arrives as a string by default. Ours are sequence numbers and counts, far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** Reads a time as PostgreSQL writes it. */
export const readTime = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ) as (
  text: string,
) => Date;

// The rows that a statement writes have one or two times together, however many rows there are: each time is read once.
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, rememberTwo(readTime));

/** Settings of connections by which PostgreSQL plans statements. */
export type Planning = Record<string, string>;

/**
 * For statements that look few rows up. A connection keeps the plan of a prepared statement: one that was made while a table
 * was small would read all of it, each time, when it is big.
 */
export const BY_INDEX: Planning = { enable_seqscan: 'off' };

/** Creates a pool for ledger and stores. An idle connection that breaks is no error: it is replaced at the next use. */
export function createPool(options: {
  connectionString: string;
  /** The most connections. Fewer are faster on a hot row: waiting for a connection costs less than waiting for a lock. */
  max: number;
  applicationName?: string;
  /** A connection whose transaction is idle for this long is ended; absent: never. */
  idleInTransactionMsMax?: number;
  planning?: Planning;
  /** The longest time for a new connection. */
  connectMsMax?: number;
  /** The longest time for an answer to a statement; absent: as long as the statement may run. */
  answerMsMax?: number;
  onIdleError?(error: Error): void;
}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: options.max,
    application_name: options.applicationName ?? 'flashsale',
    connectionTimeoutMillis: options.connectMsMax ?? 10_000,
    query_timeout: options.answerMsMax,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: options.idleInTransactionMsMax,
    options: Object.entries(options.planning ?? {})
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  });
  pool.on('error', (error) => options.onIdleError?.(error));
  // A connection that breaks while it is in use fails the query under way. It also emits an error, which would end the
  // process without a listener.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Runs `work` in one transaction on one connection. Commits, or rolls back when `work` throws. */
export async function transaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** An array of UUIDs as PostgreSQL reads it: the driver would look for characters to escape in each of them. */
export const uuidArray = (uuids: string[]): string => `{${uuids.join(',')}}`;

const CONTENTION = new Set(['40001', '40P01', '55P03']);

/** True when PostgreSQL ended a statement because of others (deadlock, serialization, lock timeout): it changed nothing. */
export const isContention = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && CONTENTION.has(error.code ?? '');

/**
 * True for values that PostgreSQL cannot read (class 22) or that break a constraint (23): one request of a batch may be the
 * cause, and nothing was written. Any other error hits the whole batch, which may be committed after all.
 */
export const mayBeOneRequestsFault = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && /^2[23]/.test(error.code ?? '');
