import type { Pool } from 'pg';

/** Makes all open payments due and settles them, until none is open. */
export async function settleAll(
  pool: Pool,
  payments: { settleDue(limit: number): Promise<unknown> },
): Promise<void> {
  for (;;) {
    const { rowCount } = await pool.query(
      'UPDATE payments SET next_try_at = now() WHERE next_try_at IS NOT NULL',
    );
    if (rowCount === 0) return;
    await payments.settleDue(1000);
  }
}
