import { describe, expect, it } from 'vitest';
import type { LoadedScript } from '../../load/vu/script.ts';
import { describeShop } from '../../target/file/describe-shop.ts';
import { TargetFile, type TargetFileInput } from '../../target/file/schema.ts';
import { fitPlan } from './fit-plan.ts';
import { readSalePlan } from './sale-plan.ts';

const planOf = (sale: object) =>
  readSalePlan({
    name: 'race',
    sale: { skus: [{ stock: 7 }, { stock: 3 }], buyers: 10, ...sale },
  } as unknown as LoadedScript);

const shopOf = (operations: TargetFileInput['operations'], sale?: TargetFileInput['sale']) =>
  describeShop(
    TargetFile.parse({ name: 'corner', url: 'http://a', operations, ...(sale ? { sale } : {}) }),
    {},
  );

const BUY = { request: 'POST /buy' };
const HELD = { sale: { create: [], holdTtl: '2m' } };

describe('a scenario on a described shop', () => {
  it.each<[object, TargetFileInput['operations'], string]>([
    [{ needs: [['reserve', 'buy']] }, { read: BUY }, 'operations.reserve or operations.buy'],
    [{ needs: ['buy', 'cancel'] }, { buy: BUY }, 'operations.cancel'],
    [
      { needs: ['buy', ['confirm', 'cancel']] },
      { buy: BUY },
      'operations.confirm or operations.cancel',
    ],
    [{ needs: ['key'] }, { buy: BUY }, 'an idempotency key ({key}) in its requests'],
    [{ needs: ['hold-ttl'] }, { reserve: BUY }, 'sale.holdTtl, the lifetime of its reservations'],
    [{ needs: ['later'] }, { attempt: BUY }, 'operations.attempt.later'],
  ])('is refused in one line with what is missing: %#', (sale, operations, words) => {
    expect(() => fitPlan(planOf(sale), 'race', shopOf(operations))).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: `race cannot be run on corner, which lacks ${words}`,
      }),
    );
  });

  it.each([
    [{ payments: { latencyMs: 5 } }, 'it decides how payments go'],
    [{ redisAmnesia: { afterMs: 5 } }, 'it empties Redis'],
    [
      { sells: 'campaign', hours: { opensAfterMs: 1, closesAfterMs: 2 } },
      'it decides when its SKUs are sold',
    ],
  ])('is refused when it does what only our own servers allow: %j', (sale, why) => {
    expect(() => fitPlan(planOf(sale), 'race', shopOf({ buy: BUY }))).toThrow(
      expect.objectContaining({
        message: 'race cannot be run on corner',
        why: expect.stringContaining(why),
      }),
    );
  });

  it('does not look for a door that a target file does not tell of', () => {
    const plan = planOf({ challenges: ['other-door', 'out-of-hours', 'shared-account'] });
    expect(fitPlan(plan, 'race', shopOf({ buy: BUY })).challenges).toEqual(['shared-account']);
  });

  it('keeps its plan on a shop that allows all of it', () => {
    const plan = planOf({
      needs: [['reserve', 'buy'], 'key', 'hold-ttl'],
      unitsPerBuyerMax: 3,
      challenges: ['several-units', 'several-skus', 'repeated-call', 'abandoned-hold'],
    });
    const reserve = { request: 'POST /{sku}', json: { n: '{quantity}', key: '{key}' } };
    expect(fitPlan(plan, 'race', shopOf({ reserve }, HELD.sale))).toEqual({
      ...plan,
      holdTtlMs: 120_000,
    });
  });

  it('shrinks to one unit of one SKU, and to the challenges that are left', () => {
    const plan = planOf({
      unitsPerBuyerMax: 3,
      challenges: ['several-units', 'several-skus', 'cancelled-order', 'stranger', 'hold-race'],
    });
    expect(fitPlan(plan, 'race', shopOf({ buy: BUY }))).toMatchObject({
      skus: [{ stock: 10 }],
      unitsPerBuyerMax: 1,
      challenges: [],
    });
  });
});
