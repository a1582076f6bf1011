import { describe, expect, it } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import type { HoldOutcome } from '../ledger.ts';
import { availableAfter } from '../testing/audit.ts';
import {
  again,
  buyer,
  checkout,
  readMovements,
  readOwners,
  readStock,
  sequencesOf,
  stockSku,
  tally,
  times,
} from '../testing/fixtures.ts';
import type { LedgerSubject } from '../testing/subject.ts';

export function describeCrowds(subject: LedgerSubject): void {
  describe('crowds', () => {
    it('S1.10 sells 50 units to exactly 50 of 500 buyers at the same time', async () => {
      const skuId = await stockSku(subject.pool, 50);

      const decided = await Promise.all(times(500, () => subject.ledger.hold(buyer(skuId))));

      expect(tally(decided)).toEqual({ held: 50, out_of_stock: 450 });
      expect(sequencesOf(decided, 'held')).toEqual(times(50, (place) => place + 1));
      expect(new Set(sequencesOf(decided, 'out_of_stock'))).toEqual(new Set([50]));
    });

    it('S1.10 sells 50 units to exactly 50 buyers of two servers', async () => {
      const skuId = await stockSku(subject.pool, 50);

      const decided = await Promise.all(
        times(200, (place) => subject.server(place).hold(buyer(skuId))),
      );

      expect(tally(decided)).toEqual({ held: 50, out_of_stock: 150 });
    });

    it('S1.10 lets a buyer who asks 20 times at once hold one unit, also the last one', async () => {
      for (const units of [1, 100]) {
        const skuId = await stockSku(subject.pool, units);
        const request = buyer(skuId);

        const decided = await Promise.all(
          times(20, (place) => subject.server(place).hold(again(request))),
        );

        expect(tally(decided)).toEqual({ held: 1, already_reserved: 19 });
      }
    });

    it('S1.10 never refuses a buyer as sold out while there are enough units', async () => {
      const skuId = await stockSku(subject.pool, 100);
      const requests = times(120, (place) => buyer(skuId, { quantity: (place % 5) + 1 }));

      const decided = await Promise.all(
        requests.map((request, place) => subject.server(place).hold(request)),
      );

      const available = availableAfter(100, await readMovements(subject.pool, skuId));
      for (const [place, answer] of decided.entries()) {
        if (answer.outcome !== 'out_of_stock') continue;
        if (!('sequence' in answer)) throw new Error('the refusal has no sequence');
        expect(available[answer.sequence]).toBeLessThan(requests[place]?.quantity as number);
      }
      expect(Object.keys(tally(decided)).sort()).toEqual(['held', 'out_of_stock']);
    });

    it('S1.10 keeps many SKUs apart', async () => {
      const skus = await Promise.all(times(12, () => stockSku(subject.pool, 5)));

      const decided = await Promise.all(
        skus.flatMap((skuId) => times(20, (place) => subject.server(place).hold(buyer(skuId)))),
      );

      expect(tally(decided)).toEqual({ held: 60, out_of_stock: 180 });
      for (const skuId of skus) {
        expect(await readStock(subject.pool, skuId)).toEqual({
          available: 0,
          reserved: 5,
          sold: 0,
        });
      }
    });

    it('S1.10 gives only outcomes that are true at their sequence number', async () => {
      const skuId = await stockSku(subject.pool, 6);
      const users = times(12, () => newId());
      const answers: {
        userId: string;
        quantity: number;
        seenBefore: number;
        answer: HoldOutcome;
      }[] = [];
      let seen = 0;

      // Each user shops on both servers at once: reserves, and cancels every other time.
      await Promise.all(
        [...users, ...users].map(async (userId, shopper) => {
          const own = shopper < users.length ? subject.ledger : subject.otherLedger;
          for (const round of times(12, (place) => place)) {
            const request = buyer(skuId, { userId, quantity: ((shopper + round) % 3) + 1 });
            const seenBefore = seen;
            const answer = await own.hold(request);
            answers.push({ userId, quantity: request.quantity, seenBefore, answer });
            if ('sequence' in answer) seen = Math.max(seen, answer.sequence);
            if (answer.outcome !== 'held') continue;
            const ended =
              round % 4 === 3 ? await own.confirm(checkout(request)) : await own.release(request);
            if ('sequence' in ended) seen = Math.max(seen, ended.sequence);
          }
        }),
      );

      const movements = await readMovements(subject.pool, skuId);
      const available = availableAfter(6, movements);
      const owners = await readOwners(subject.pool, skuId);
      const lastOf = (userId: string, sequence: number) =>
        movements
          .slice(0, sequence)
          .findLast((movement) => owners.get(movement.reservation_id) === userId)?.kind;
      for (const { userId, quantity, seenBefore, answer } of answers) {
        if (!('sequence' in answer)) throw new Error(`was ${answer.outcome}`);
        expect(answer.sequence).toBeGreaterThanOrEqual(seenBefore);
        const lastKind = lastOf(userId, answer.sequence);
        switch (answer.outcome) {
          case 'held':
          case 'already_reserved':
            expect(lastKind).toBe('RESERVED');
            break;
          case 'already_purchased':
            expect(lastKind).toBe('SOLD');
            break;
          case 'out_of_stock':
            expect([undefined, 'RELEASED']).toContain(lastKind);
            expect(available[answer.sequence]).toBeLessThan(quantity);
        }
      }
    });
  });
}
