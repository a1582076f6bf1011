import { Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import pg from 'pg';
import QueryStream from 'pg-query-stream';
import { rootMessage } from '../../../kernel/errors.ts';
import { count } from '../../../kernel/wording.ts';
import type { RawRow } from '../rows-in-text.ts';
import type { BoundStatement } from '../sql-statement.ts';

/** Reads databases that belong to others: in read-only transactions, with a limit of time, row by row. */
export interface SqlSession {
  /**
   * The rows of one statement, their values as texts. `onColumns` gets the names of the columns even if there is no row.
   *
   * Throws one sentence when the database cannot be reached, or refuses the statement.
   */
  rows(
    databaseUrl: string,
    statement: BoundStatement,
    onColumns?: (names: string[]) => void,
  ): AsyncGenerator<RawRow, void, undefined>;
  close(): Promise<void>;
}

const CONNECT_WITHIN_MS = 5_000;
const ROWS_AT_ONCE = 1_000;

const { BOOL } = pg.types.builtins;
/** Values as PostgreSQL writes them: numbers of any size and times of any precision survive. */
const TEXTS = {
  getTypeParser: (type: number) =>
    type === BOOL ? (text: string) => String(text === 't') : (text: string) => text,
};

/** One session sees one state of each database: all its statements run in the same transaction. */
export function createSqlSession(options: { timeoutMs: number; signal: AbortSignal }): SqlSession {
  const clients = new Map<string, pg.Client>();

  async function clientFor(databaseUrl: string): Promise<pg.Client> {
    const open = clients.get(databaseUrl);
    if (open !== undefined) return open;
    const client = await connect(databaseUrl, options);
    clients.set(databaseUrl, client);
    return client;
  }

  return {
    async *rows(databaseUrl, { text, values }, onColumns) {
      const client = await clientFor(databaseUrl);
      const stream = client.query(
        new QueryStream(text, values, { batchSize: ROWS_AT_ONCE, types: TEXTS }),
      );
      try {
        let hasColumns = false;
        for await (const row of stream as AsyncIterable<RawRow>) {
          if (!hasColumns) onColumns?.(Object.keys(row));
          hasColumns = true;
          yield row;
        }
        if (hasColumns) return;
        const names = columnsOf(stream);
        if (names.length === 0) throw new Error('it returns no rows: write a SELECT');
        onColumns?.(names);
      } catch (error) {
        options.signal.throwIfAborted();
        throw describe(error, options.timeoutMs);
      }
    },
    async close() {
      await Promise.all([...clients.values()].map((client) => client.end().catch(() => {})));
      clients.clear();
    },
  };
}

async function connect(
  databaseUrl: string,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    application_name: 'flashsale-cli',
    stream: () => addAbortSignal(signal, new Socket()),
  });
  // A broken connection also fails the query that waits for it, which reports the error.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query(`SET LOCAL statement_timeout = ${Math.ceil(timeoutMs)}`);
    await client.query("SET LOCAL TimeZone = 'UTC'");
    await client.query("SET LOCAL DateStyle = 'ISO'");
    return client;
  } catch (cause) {
    await client.end().catch(() => {});
    signal.throwIfAborted();
    const { host, port } = client;
    throw new Error(`PostgreSQL at ${host}:${port} cannot be asked: ${rootMessage(cause)}`);
  }
}

/** The names of the columns of a result without rows. The driver keeps them, and has no other way to tell them. */
function columnsOf(stream: QueryStream): string[] {
  const { _result: result } = stream.cursor as { _result?: { fields?: { name: string }[] } };
  return (result?.fields ?? []).map(({ name }) => name);
}

const READ_ONLY = '25006';
const QUERY_CANCELED = '57014';

function describe(error: unknown, timeoutMs: number): Error {
  const { code } = error as Partial<pg.DatabaseError>;
  if (code === READ_ONLY) {
    return new Error(`it writes, and evidence is only read: ${rootMessage(error)}`);
  }
  if (code === QUERY_CANCELED) {
    return new Error(`PostgreSQL did not answer within ${count(timeoutMs / 1_000, 'second')}`);
  }
  return new Error(rootMessage(error));
}
