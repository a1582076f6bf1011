import { Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import pg from 'pg';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import { count } from '../../kernel/wording.ts';
import type { RunDeps } from '../context.ts';
import { type NumberOrReason, numberIn, type QuerySource } from './source.ts';

const CONNECT_WITHIN_MS = 5_000;
const ANSWER_WITHIN_MS = 30_000;
/** Class of PostgreSQL's error codes for a statement that it does not understand, or that names something missing. */
const WRONG_STATEMENT = '42';

const { BOOL, ...TYPES } = pg.types.builtins;
const NUMBER_TYPES = [
  TYPES.INT2,
  TYPES.INT4,
  TYPES.INT8,
  TYPES.FLOAT4,
  TYPES.FLOAT8,
  TYPES.NUMERIC,
];

/** Answers SQL statements: with the first column of the only row, where true is 1 and false is 0. */
export function databaseSource(
  databaseUrl: string,
  { signal }: Pick<RunDeps, 'signal'>,
): QuerySource {
  return {
    async validate(statement) {
      await readOnly(databaseUrl, 'SELECT 1', signal).catch((cause) => {
        signal.throwIfAborted();
        const { hostname, port } = new URL(databaseUrl);
        throw UserError.environment(`PostgreSQL at ${hostname}:${port || 5432} cannot be asked`, {
          why: rootMessage(cause),
          next: 'start it, or correct --sql-url (FLASHSALE_SQL_URL)',
          cause,
        });
      });
      // EXPLAIN plans the statement and does not execute it: before the load there is nothing to count.
      await readOnly(databaseUrl, `EXPLAIN ${statement}`, signal).catch((cause) => {
        signal.throwIfAborted();
        const { code } = cause as Partial<pg.DatabaseError>;
        // Any other error may not occur after the load.
        if (!code?.startsWith(WRONG_STATEMENT)) return;
        throw UserError.usage(`PostgreSQL cannot execute a threshold: ${statement}`, {
          why: rootMessage(cause),
          next: 'mend the statement in the scenario',
          cause,
        });
      });
    },

    async ask(statement) {
      try {
        return answerIn(await readOnly(databaseUrl, statement, signal));
      } catch (error) {
        signal.throwIfAborted();
        return { reason: rootMessage(error) };
      }
    },
  };
}

type Texts = pg.QueryArrayResult<(string | null)[]>;

function answerIn({ fields, rows }: Texts): NumberOrReason {
  const [row, ...others] = rows;
  const [field] = fields;
  if (row === undefined || field === undefined) return { reason: 'it has no row' };
  if (others.length > 0) return { reason: `it has ${count(rows.length, 'row')} instead of one` };
  const [text = null] = row;
  if (text === null) return { reason: 'its value is null' };
  if (field.dataTypeID === BOOL) return { value: text === 't' ? 1 : 0 };
  if (!NUMBER_TYPES.includes(field.dataTypeID)) return { reason: `"${text}" is not a number` };
  return numberIn(text);
}

/** Executes one statement in a read-only transaction. Values are the texts that PostgreSQL sends. */
async function readOnly(
  databaseUrl: string,
  statement: string,
  signal: AbortSignal,
): Promise<Texts> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    stream: () => addAbortSignal(signal, new Socket()),
  });
  // A broken connection also fails the query that waits for it, which reports the error.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('BEGIN READ ONLY');
    await client.query(`SET LOCAL statement_timeout = ${ANSWER_WITHIN_MS}`);
    return await client.query({
      text: statement,
      rowMode: 'array',
      // The extended protocol allows only one statement; a second one could end the transaction.
      queryMode: 'extended',
      types: { getTypeParser: () => (text: string) => text },
    } as pg.QueryArrayConfig);
  } finally {
    await client.end().catch(() => {});
  }
}
