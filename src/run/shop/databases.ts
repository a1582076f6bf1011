import pg from 'pg';
import type { Resource } from '../../stack/resource.ts';

/** The PostgreSQL databases that the steps of a target file use. */
export interface Databases {
  /** Executes one statement. Values are numbers, texts, booleans or dates. */
  query(
    databaseUrl: string,
    text: string,
    values: unknown[],
  ): Promise<{ rows: Record<string, unknown>[] }>;
}

const CONNECTIONS_MAX = 4;
const CONNECT_WITHIN_MS = 5_000;

/** 64-bit integers, which PostgreSQL's driver gives as text; an id that fits into a number is one for everybody else. */
const wholeNumber = (text: string): number | string => {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
};

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') =>
    oid === pg.types.builtins.INT8
      ? wholeNumber
      : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

/** Opens connections when they are needed, and closes them with the run. */
export function shopDatabases({ timeoutMs }: { timeoutMs: number }): Resource<Databases> {
  const pools = new Map<string, pg.Pool>();

  function poolOf(databaseUrl: string): pg.Pool {
    const known = pools.get(databaseUrl);
    if (known !== undefined) return known;
    const pool = new pg.Pool({
      connectionString: databaseUrl,
      max: CONNECTIONS_MAX,
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
      statement_timeout: timeoutMs,
      types,
    });
    // A connection that breaks while nobody uses it is replaced by the pool.
    pool.on('error', () => {});
    pools.set(databaseUrl, pool);
    return pool;
  }

  return {
    name: 'the connections to the shop’s database',
    start: async () => ({
      query: (databaseUrl, text, values) =>
        poolOf(databaseUrl).query({ text, values, queryMode: 'extended' } as pg.QueryConfig),
    }),
    async stop() {
      await Promise.all([...pools.values()].map((pool) => pool.end()));
      pools.clear();
    },
  };
}
