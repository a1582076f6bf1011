import pg from 'pg';

// PostgreSQL's bigint arrives as a string by default. Ours are sequence numbers and counts, far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** Connections for ledger and stores. An idle connection that breaks is replaced at the next use, not an error. */
export function createPool(options: {
  connectionString: string;
  /** Connections at the most. Fewer are faster on a hot row: waiting here costs less than waiting for its lock. */
  max: number;
  applicationName?: string;
  /** Ends a connection that leaves its transaction lying for so long; absent: never. */
  idleInTransactionMsMax?: number;
  onIdleError?(error: Error): void;
}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: options.max,
    application_name: options.applicationName ?? 'flashsale',
    connectionTimeoutMillis: 10_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: options.idleInTransactionMsMax,
  });
  pool.on('error', (error) => options.onIdleError?.(error));
  // A connection that breaks while it is lent out fails the query under way. It also emits an error of its own, which
  // ends the process unless somebody listens.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Runs `work` inside one transaction on one connection; commits what it did unless it throws. */
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

const CONTENTION = new Set(['40001', '40P01', '55P03']);

/** Whether PostgreSQL gave up on a statement because of others (deadlock, serialization, lock timeout): nothing happened. */
export const isContention = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && CONTENTION.has(error.code ?? '');
