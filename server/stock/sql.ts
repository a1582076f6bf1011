import type { Pool, QueryResultRow } from 'pg';

/** A function of `server/stock/sql`, called by a prepared statement of its own, which each connection parses once. */
export function ledgerFunction<Row extends QueryResultRow>(name: string, parameters: number) {
  const placeholders = Array.from({ length: parameters }, (_, place) => `$${place + 1}`).join(', ');
  const text = `SELECT * FROM ${name}(${placeholders})`;
  return async (pool: Pool, values: unknown[]): Promise<Row[]> => {
    const { rows } = await pool.query<Row>({ name: `stock.${name}`, text, values });
    return rows;
  };
}
