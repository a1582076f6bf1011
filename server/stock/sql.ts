import type { Pool, QueryResultRow } from 'pg';

/** Calls a function of `server/stock/sql` by a prepared statement, which each connection parses once. */
export function ledgerFunction<Row extends QueryResultRow>(name: string, parameters: number) {
  const placeholders = Array.from({ length: parameters }, (_, place) => `$${place + 1}`).join(', ');
  const text = `SELECT * FROM ${name}(${placeholders})`;
  return async (pool: Pool, values: unknown[]): Promise<Row[]> => {
    const { rows } = await pool.query<Row>({ name: `stock.${name}`, text, values });
    return rows;
  };
}
