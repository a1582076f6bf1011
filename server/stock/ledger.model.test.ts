import fc from 'fast-check';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.ts';
import { STRATEGY_NAMES } from '../../src/protocol/strategies.ts';
import { openTestDatabase, type TestDatabase } from '../../test/database.ts';
import { createStockLedger } from './index.ts';
import type { HoldRequest, StockLedger } from './ledger.ts';
import { auditLedger } from './testing/audit.ts';
import { checkout, lapse, stockSku } from './testing/fixtures.ts';

/** The state of one SKU by the specification. */
interface Model {
  available: number;
  sequence: number;
  holds: ModelHold[];
}

interface ModelHold {
  request: HoldRequest;
  status: 'live' | 'lapsed' | 'sold' | 'cancelled' | 'expired' | 'returned';
  sequence: number;
  orderId?: string;
}

type Step =
  | { do: 'hold'; buyer: number; quantity: number }
  /** The other steps name an earlier hold, counted from the newest. */
  | { do: 'hold again' | 'confirm' | 'release' | 'cancel order'; hold: number; byOwner: boolean }
  | { do: 'lapse'; hold: number }
  | { do: 'sweep' };

const holdNumber = fc.nat({ max: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('hold' as const),
      buyer: fc.nat({ max: 3 }),
      quantity: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom(...(['hold again', 'confirm', 'release', 'cancel order'] as const)),
      hold: holdNumber,
      byOwner: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lapse' as const), hold: holdNumber }) },
  { weight: 1, arbitrary: fc.constant({ do: 'sweep' as const }) },
);

interface Answer {
  outcome: string;
  sequence?: number;
}

function hold(model: Model, request: HoldRequest): Answer {
  const own = model.holds.find(
    ({ request: { userId }, status }) =>
      userId === request.userId && ['live', 'lapsed', 'sold'].includes(status),
  );
  if (own?.request.holdId === request.holdId) return { outcome: 'held', sequence: own.sequence };
  if (own?.status === 'sold') return { outcome: 'already_purchased', sequence: model.sequence };
  if (own?.status === 'live') return { outcome: 'already_reserved', sequence: model.sequence };
  if (own?.status === 'lapsed') giveBack(model, own, 'expired');
  if (request.quantity > model.available) {
    return { outcome: 'out_of_stock', sequence: model.sequence };
  }
  model.available -= request.quantity;
  model.sequence += 1;
  model.holds.push({ request, status: 'live', sequence: model.sequence });
  return { outcome: 'held', sequence: model.sequence };
}

function end(model: Model, held: ModelHold, byOwner: boolean, how: 'confirm' | 'release'): Answer {
  if (!byOwner) return { outcome: 'not_found' };
  switch (held.status) {
    case 'sold':
      return { outcome: how === 'confirm' ? 'order_exists' : 'not_active' };
    case 'cancelled':
    case 'returned':
      return { outcome: 'not_active' };
    case 'lapsed':
    case 'expired':
      return { outcome: 'expired' };
    case 'live':
      if (how === 'release') giveBack(model, held, 'cancelled');
      else {
        held.status = 'sold';
        model.sequence += 1;
      }
      return { outcome: how === 'confirm' ? 'sold' : 'released', sequence: model.sequence };
  }
}

function cancelOrder(model: Model, held: ModelHold, byOwner: boolean): Answer {
  if (!byOwner) return { outcome: 'not_found' };
  if (held.status !== 'sold') return { outcome: 'not_cancellable' };
  giveBack(model, held, 'returned');
  return { outcome: 'cancelled', sequence: model.sequence };
}

function giveBack(
  model: Model,
  held: ModelHold,
  status: 'cancelled' | 'expired' | 'returned',
): void {
  held.status = status;
  model.available += held.request.quantity;
  model.sequence += 1;
}

function sweep(model: Model): number {
  const lapsed = model.holds.filter(({ status }) => status === 'lapsed');
  for (const held of lapsed) giveBack(model, held, 'expired');
  return lapsed.length;
}

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await openTestDatabase(4);
  ({ pool } = database);
});

afterAll(() => database.close());

// The broken strategy is right as well when calls come one at a time: only concurrency breaks it.
describe.each(STRATEGY_NAMES)('S1.1 S1.2 S1.3 ledger %s', (strategy) => {
  it('has the outcomes of the model for any sequence of calls', async () => {
    const ledger = createStockLedger({ pool, strategy, holdTtlMs: 120_000 });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(step, { minLength: 1, maxLength: 25 }),
        async (units, steps) => {
          const skuId = await stockSku(pool, units);
          const buyers = [newId(), newId(), newId(), newId()];
          const model: Model = { available: units, sequence: 0, holds: [] };
          for (const one of steps) await take(one, { ledger, model, skuId, buyers });
          // Lapsed holds that are left would count in the sweep of the next run.
          expect(await ledger.expireLapsed(100)).toBe(sweep(model));
          expect(await readCounts(skuId)).toEqual([
            { available: model.available, sequence: model.sequence },
          ]);
        },
      ),
      { numRuns: 20 },
    );
    expect(await auditLedger(pool)).toEqual([]);
  });
});

/** Does one step in the ledger and in the model, and compares the outcomes. */
async function take(
  one: Step,
  {
    ledger,
    model,
    skuId,
    buyers,
  }: { ledger: StockLedger; model: Model; skuId: string; buyers: string[] },
): Promise<void> {
  if (one.do === 'sweep') {
    expect(await ledger.expireLapsed(100)).toBe(sweep(model));
    return;
  }
  if (one.do === 'hold') {
    const userId = buyers[one.buyer] as string;
    const request = { holdId: newId(), userId, skuId, quantity: one.quantity };
    expect(await ledger.hold(request)).toMatchObject(hold(model, request));
    return;
  }

  const held = model.holds.at(-1 - one.hold);
  if (held === undefined) return;
  switch (one.do) {
    case 'lapse':
      if (held.status !== 'live') return;
      held.status = 'lapsed';
      await lapse(pool, [held.request]);
      return;
    case 'hold again':
      // The id of a hold that has ended cannot be used again.
      if (['cancelled', 'expired', 'returned'].includes(held.status)) return;
      expect(await ledger.hold(held.request)).toMatchObject(hold(model, held.request));
      return;
    case 'cancel order': {
      if (held.orderId === undefined) return;
      const userId = one.byOwner ? held.request.userId : newId();
      const answer = await ledger.cancelOrder({ orderId: held.orderId, userId, skuId });
      expect(answer).toEqual(cancelOrder(model, held, one.byOwner));
      return;
    }
    default: {
      const caller = one.byOwner ? held.request : { ...held.request, userId: newId() };
      const order = checkout(caller);
      const answer =
        one.do === 'confirm' ? await ledger.confirm(order) : await ledger.release(caller);
      const expected = end(model, held, one.byOwner, one.do);
      if (expected.outcome === 'sold') held.orderId = order.orderId;
      expect(answer).toMatchObject(expected);
      expect('sequence' in answer).toBe(expected.sequence !== undefined);
    }
  }
}

async function readCounts(skuId: string) {
  const { rows } = await pool.query(
    'SELECT available_count AS available, sequence FROM inventory WHERE sku_id = $1',
    [skuId],
  );
  return rows;
}
