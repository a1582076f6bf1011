import { describe, expect, test } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { startTestServer } from '../../../test/server.ts';
import { createAttemptPurchase } from './attempt.ts';
import { createFlashSaleStore } from './store.ts';
import { newSale } from './testing/sales.ts';

describe('S4.8 an attempt whose statement failed', () => {
  test('S4.8 is not decided again and its unit is not given back, because it may be committed', async () => {
    const server = await startTestServer({ env: { ROLES: 'api' } });
    const saleId = await newSale(server, 5);
    const buyers = await server.newBuyers(3);
    const store = createFlashSaleStore(server.pool);
    const sale = await store.find(saleId);
    const calls: string[] = [];
    let breaks = 1;
    const attemptPurchase = createAttemptPurchase({
      store: {
        ...store,
        async accept(...batch) {
          const decisions = await store.accept(...batch);
          if (breaks-- > 0) throw new Error('the connection broke');
          return decisions;
        },
      },
      findSale: async () => sale,
      hotStore: {
        take: async () => 'accepted',
        giveBack: async () => void calls.push('giveBack'),
        resultOf: async () => 'unknown',
        putResults: async () => {},
        forget: async () => void calls.push('forget'),
      },
      nowMs: () => Date.now(),
    });

    const answers = await Promise.allSettled(
      buyers.map(({ userId }) =>
        attemptPurchase({ attemptId: newId(), saleId, userId, callId: undefined }),
      ),
    );

    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(calls).toEqual([]);
    await server.stop();
  });
});
