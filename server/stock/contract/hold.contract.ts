import { describe, expect, it } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { again, buyer, checkout, readStock, stockSku, times } from '../testing/fixtures.ts';
import { HOLD_TTL_MS, type LedgerSubject } from '../testing/subject.ts';

export function describeHold(subject: LedgerSubject): void {
  describe('hold', () => {
    it('S1.1 takes units off sale and returns the hold', async () => {
      const skuId = await stockSku(subject.pool, 5);
      const request = buyer(skuId, { quantity: 2, callId: 'call-7' });

      const decided = await subject.ledger.hold(request);

      if (decided.outcome !== 'held') throw new Error(`was ${decided.outcome}`);
      expect(decided.sequence).toBe(1);
      expect(decided.hold).toMatchObject({
        holdId: request.holdId,
        userId: request.userId,
        skuId,
        quantity: 2,
      });
      expect(decided.hold.expiresAt.getTime() - decided.hold.createdAt.getTime()).toBe(HOLD_TTL_MS);
      expect(await readStock(subject.pool, skuId)).toEqual({ available: 3, reserved: 2, sold: 0 });
      const { rows } = await subject.pool.query(
        'SELECT call_id FROM reservations WHERE reservation_id = $1',
        [request.holdId],
      );
      expect(rows).toEqual([{ call_id: 'call-7' }]);
    });

    it('S1.1 refuses a SKU that is not in the catalogue or not on sale', async () => {
      const withdrawn = await stockSku(subject.pool, 5);
      await subject.pool.query('UPDATE products SET is_active = false WHERE sku_id = $1', [
        withdrawn,
      ]);

      expect(await subject.ledger.hold(buyer('no-such-sku'))).toEqual({ outcome: 'unknown_sku' });
      expect(await subject.ledger.hold(buyer(withdrawn))).toEqual({ outcome: 'unknown_sku' });
    });

    it('S1.1 refuses as sold out only a request for more units than there are', async () => {
      const skuId = await stockSku(subject.pool, 3);

      expect(await subject.ledger.hold(buyer(skuId, { quantity: 4 }))).toEqual({
        outcome: 'out_of_stock',
        sequence: 0,
      });
      expect(await subject.ledger.hold(buyer(skuId, { quantity: 3 }))).toMatchObject({
        outcome: 'held',
      });
      expect(await subject.ledger.hold(buyer(skuId))).toEqual({
        outcome: 'out_of_stock',
        sequence: 1,
      });
    });

    it('S1.1 refuses a buyer who has a reservation by that, also when it is sold out', async () => {
      const skuId = await stockSku(subject.pool, 1);
      const first = buyer(skuId);
      await subject.ledger.hold(first);

      expect(await subject.ledger.hold(again(first))).toEqual({
        outcome: 'already_reserved',
        sequence: 1,
      });
    });

    it('S1.1 refuses a buyer who has bought by that, also when it is sold out', async () => {
      const skuId = await stockSku(subject.pool, 1);
      const first = buyer(skuId);
      await subject.ledger.hold(first);
      await subject.ledger.confirm(checkout(first));

      expect(await subject.ledger.hold(again(first))).toEqual({
        outcome: 'already_purchased',
        sequence: 2,
      });
    });

    it('S1.1 lets a buyer who cancelled reserve again', async () => {
      const skuId = await stockSku(subject.pool, 1);
      const first = buyer(skuId);
      await subject.ledger.hold(first);
      await subject.ledger.release(first);

      expect(await subject.ledger.hold(again(first))).toMatchObject({
        outcome: 'held',
        sequence: 3,
      });
    });

    it('S1.1 lets one buyer hold several SKUs', async () => {
      const [skuA, skuB] = [await stockSku(subject.pool, 1), await stockSku(subject.pool, 1)];
      const userId = newId();

      expect(await subject.ledger.hold(buyer(skuA, { userId }))).toMatchObject({ outcome: 'held' });
      expect(await subject.ledger.hold(buyer(skuB, { userId }))).toMatchObject({ outcome: 'held' });
    });

    it('answers a repeated call with the same hold and changes nothing', async () => {
      const skuId = await stockSku(subject.pool, 5);
      const request = buyer(skuId, { quantity: 2 });
      const first = await subject.ledger.hold(request);
      await subject.ledger.hold(buyer(skuId));

      expect(await subject.ledger.hold(request)).toEqual(first);
      expect(await subject.otherLedger.hold(request)).toEqual(first);
      expect(await readStock(subject.pool, skuId)).toEqual({ available: 2, reserved: 3, sold: 0 });
    });

    it('answers a repeated call with the same hold after it was sold', async () => {
      const skuId = await stockSku(subject.pool, 1);
      const request = buyer(skuId);
      const first = await subject.ledger.hold(request);
      await subject.ledger.confirm(checkout(request));

      expect(await subject.ledger.hold(request)).toEqual(first);
    });

    it.each([1, 25])(
      'answers calls repeated at the same time with one hold, of %i units',
      async (units) => {
        const skuId = await stockSku(subject.pool, units);
        const request = buyer(skuId);

        const decided = await Promise.all(
          times(20, (place) => subject.server(place).hold(request)),
        );

        expect(decided).toEqual(times(20, () => decided[0]));
        expect(decided[0]).toMatchObject({ outcome: 'held', sequence: 1 });
      },
    );

    it('takes nothing for a hold id that another buyer has used', async () => {
      const skuId = await stockSku(subject.pool, 5);
      const first = buyer(skuId);
      await subject.ledger.hold(first);

      const stolen = subject.ledger.hold(buyer(skuId, { holdId: first.holdId }));

      await expect(stolen).rejects.toThrow(/reservations_pkey/);
      expect(await readStock(subject.pool, skuId)).toEqual({ available: 4, reserved: 1, sold: 0 });
    });

    it('takes nothing for the id of a hold that has ended', async () => {
      const skuId = await stockSku(subject.pool, 5);
      const first = buyer(skuId);
      await subject.ledger.hold(first);
      await subject.ledger.release(first);

      await expect(subject.ledger.hold(first)).rejects.toThrow(/reservations_pkey/);
      expect(await readStock(subject.pool, skuId)).toEqual({ available: 5, reserved: 0, sold: 0 });
    });

    it('fails only the request whose values PostgreSQL cannot read', async () => {
      const skuId = await stockSku(subject.pool, 5);

      const [good, bad, alsoGood] = await Promise.allSettled([
        subject.ledger.hold(buyer(skuId)),
        subject.ledger.hold(buyer(skuId, { userId: 'not a uuid' })),
        subject.ledger.hold(buyer(skuId)),
      ]);

      expect(good).toMatchObject({ status: 'fulfilled', value: { outcome: 'held' } });
      expect(bad).toMatchObject({ status: 'rejected' });
      expect(alsoGood).toMatchObject({ status: 'fulfilled', value: { outcome: 'held' } });
    });
  });
}
