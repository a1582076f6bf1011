import { describe, expect, it } from 'vitest';
import type { HoldRequest } from '../ledger.ts';
import {
  again,
  buyer,
  checkout,
  lapse,
  readMovements,
  stockSku,
  tally,
  times,
} from '../testing/fixtures.ts';
import { HOLD_TTL_MS, type LedgerSubject, type MakeLedger } from '../testing/subject.ts';

export function describeObserver(subject: LedgerSubject, makeLedger: MakeLedger): void {
  describe('observer', () => {
    it('G.1 reports every movement once, and no repeated call', async () => {
      const moved: Record<string, number> = {};
      const watched = await makeLedger({
        pool: subject.pool,
        holdTtlMs: HOLD_TTL_MS,
        observer: {
          moved: (kind, count) => {
            moved[kind] = (moved[kind] ?? 0) + count;
          },
          batched: () => {},
        },
      });
      const skuId = await stockSku(subject.pool, 8);
      const [bought, cancelled, lapsed, taken, ...late] = times(12, () => buyer(skuId)) as [
        HoldRequest,
        HoldRequest,
        HoldRequest,
        HoldRequest,
        ...HoldRequest[],
      ];

      for (const request of [bought, bought, cancelled, lapsed, taken, again(taken), ...late]) {
        await watched.hold(request);
      }
      const order = checkout(bought);
      await watched.confirm(order);
      await watched.confirm(checkout(bought));
      await watched.hold(bought);
      await watched.cancelOrder(order);
      await watched.cancelOrder(order);
      await watched.release(cancelled);
      await watched.release(cancelled);
      await lapse(subject.pool, [lapsed, taken]);
      await watched.hold(again(lapsed));
      await watched.expireLapsed(10);

      expect(moved).toEqual({ RESERVED: 9, SOLD: 1, RELEASED: 1, EXPIRED: 2, RETURNED: 1 });
      expect(
        tally((await readMovements(subject.pool, skuId)).map(({ kind }) => ({ outcome: kind }))),
      ).toEqual(moved);
    });
  });
}
