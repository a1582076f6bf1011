import { describe, expect, it } from 'vitest';
import {
  again,
  buyer,
  checkout,
  lapse,
  readStatus,
  readStock,
  stockSku,
  times,
} from '../testing/fixtures.ts';
import type { LedgerSubject } from '../testing/subject.ts';

export function describeExpiry(subject: LedgerSubject): void {
  describe('expiry', () => {
    it('S1.2 ends a hold for its owner at the moment it lapses, swept or not', async () => {
      const skuId = await stockSku(subject.pool, 1);
      const request = buyer(skuId);
      await subject.ledger.hold(request);
      await lapse(subject.pool, [request]);

      expect(await subject.ledger.confirm(checkout(request))).toEqual({ outcome: 'expired' });
      expect(await subject.ledger.release(request)).toEqual({ outcome: 'expired' });
      expect(await subject.ledger.expireLapsed(10)).toBe(1);
      expect(await subject.ledger.confirm(checkout(request))).toEqual({ outcome: 'expired' });
      expect(await subject.ledger.release(request)).toEqual({ outcome: 'expired' });
    });

    it('S1.2 gives the units of lapsed holds back once and leaves live ones alone', async () => {
      const skuId = await stockSku(subject.pool, 5);
      const [lapsed, live] = [buyer(skuId, { quantity: 2 }), buyer(skuId)];
      await subject.ledger.hold(lapsed);
      await subject.ledger.hold(live);
      await lapse(subject.pool, [lapsed]);

      expect(await subject.ledger.expireLapsed(10)).toBe(1);
      expect(await subject.ledger.expireLapsed(10)).toBe(0);
      expect(await readStock(subject.pool, skuId)).toEqual({ available: 4, reserved: 1, sold: 0 });
      expect(await subject.ledger.confirm(checkout(live))).toMatchObject({ outcome: 'sold' });
    });

    it('S1.2 sweeps at most the given number of holds, oldest first, over all SKUs', async () => {
      const holds = await Promise.all(times(4, async () => buyer(await stockSku(subject.pool, 1))));
      for (const [age, request] of holds.entries()) {
        await subject.ledger.hold(request);
        await lapse(subject.pool, [request], 10 - age);
      }

      expect(await subject.ledger.expireLapsed(3)).toBe(3);
      expect(
        await Promise.all(holds.map(({ holdId }) => readStatus(subject.pool, holdId))),
      ).toEqual(['EXPIRED', 'EXPIRED', 'EXPIRED', 'RESERVED']);
      expect(await subject.ledger.expireLapsed(3)).toBe(1);
    });

    it('S1.2 lets a buyer whose hold lapsed reserve again before it is swept', async () => {
      const skuId = await stockSku(subject.pool, 1);
      const first = buyer(skuId);
      await subject.ledger.hold(first);
      await lapse(subject.pool, [first]);

      expect(await subject.ledger.hold(again(first))).toMatchObject({
        outcome: 'held',
        sequence: 3,
      });
      expect(await readStatus(subject.pool, first.holdId)).toBe('EXPIRED');
    });

    it('S1.2 expires each hold once when several servers sweep at the same time', async () => {
      const skuId = await stockSku(subject.pool, 100);
      const holds = times(100, () => buyer(skuId));
      await Promise.all(holds.map((request) => subject.ledger.hold(request)));
      await lapse(subject.pool, holds);

      const swept = await Promise.all(times(6, (place) => subject.server(place).expireLapsed(100)));

      expect(swept.reduce((sum, count) => sum + count)).toBe(100);
      expect(await readStock(subject.pool, skuId)).toEqual({
        available: 100,
        reserved: 0,
        sold: 0,
      });
    });
  });
}
