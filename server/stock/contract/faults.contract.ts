import { describe, expect, it } from 'vitest';
import { transaction } from '../../platform/postgres.ts';
import type { HoldRequest } from '../ledger.ts';
import { buyer, stockSku, tally, times } from '../testing/fixtures.ts';
import type { LedgerSubject } from '../testing/subject.ts';

export function describeFaults(subject: LedgerSubject): void {
  describe('faults', () => {
    it('throws when the database ends its connections, and loses or doubles nothing', async () => {
      const skuId = await stockSku(subject.pool, 20);
      const requests = times(60, () => buyer(skuId));

      // Another transaction locks the row until calls wait in the database; then their connections are ended.
      const calls = await transaction(subject.otherPool, async (blocker) => {
        await blocker.query('SELECT FROM inventory WHERE sku_id = $1 FOR UPDATE', [skuId]);
        const underWay = Promise.allSettled(
          requests.map((request) => subject.ledger.hold(request)),
        );
        const cutOff = async (): Promise<void> => {
          const { rowCount } = await blocker.query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          );
          if (rowCount === 0) await cutOff();
        };
        await cutOff();
        return { underWay };
      });
      const first = await calls.underWay;
      expect(first.some((call) => call.status === 'rejected')).toBe(true);

      // The calls that failed are repeated with the same hold id, on the other server.
      const decided = await Promise.all(
        first.map((call, place) =>
          call.status === 'fulfilled'
            ? call.value
            : subject.otherLedger.hold(requests[place] as HoldRequest),
        ),
      );
      expect(tally(decided)).toEqual({ held: 20, out_of_stock: 40 });
    });
  });
}
