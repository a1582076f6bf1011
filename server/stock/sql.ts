import { readFileSync } from 'node:fs';
import type { Pool, QueryResultRow } from 'pg';
import { assetPath } from '../../src/kernel/assets.ts';

/** A statement of `server/stock/sql`, prepared under its own name, so that each connection plans it once. */
export function statement<Row extends QueryResultRow>(name: string) {
  const text = readFileSync(assetPath('server', 'stock', 'sql', `${name}.sql`), 'utf8');
  return async (pool: Pool, values: unknown[]): Promise<Row[]> => {
    const { rows } = await pool.query<Row>({ name: `stock.${name}`, text, values });
    return rows;
  };
}
