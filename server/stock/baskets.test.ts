import pg, { type Pool } from 'pg';
import { expect, it } from 'vitest';
import { createBasketLedger } from './baskets.ts';

const deadlock = () => {
  const error = new pg.DatabaseError('deadlock detected', 0, 'error');
  error.code = '40P01';
  return error;
};

/** The ledger on a PostgreSQL that ends the first statement to break a deadlock, and then has this outcome for its line. */
function afterDeadlock(outcome: string) {
  let asked = 0;
  const query = async () => {
    asked += 1;
    if (asked === 1) throw deadlock();
    return { rows: [{ outcome, hold_id: 'hold', sku_id: 'sku', moved: null, sequence: 7 }] };
  };
  return createBasketLedger({
    pool: { query } as unknown as Pool,
    holdTtlMs: 1000,
    observer: { moved() {}, batched() {} },
    expire: async () => 0,
  });
}

it('S1.10 a basket is decided by the next try when PostgreSQL ends a statement to break a deadlock', async () => {
  const lines = [{ holdId: 'hold', skuId: 'sku', sequence: 7 }];
  const of = { basketId: 'basket', userId: 'user' };
  expect(await afterDeadlock('sold').confirmBasket({ paymentId: 'order', userId: 'user' })).toEqual(
    { outcome: 'sold', lines },
  );
  expect(await afterDeadlock('released').releaseBasket(of)).toEqual({ outcome: 'released', lines });
  expect(await afterDeadlock('cancelled').cancelBasket(of)).toEqual({
    outcome: 'cancelled',
    lines,
  });
});
