import { expect, it } from 'vitest';
import { describeShop } from '../../target/file/describe-shop.ts';
import type { TargetFileInput } from '../../target/file/schema.ts';
import { readSalePlan } from '../sale/sale-plan.ts';
import { planForShop } from './plan-for-shop.ts';
import { meansOf } from './testing/means.ts';

const plan = (sale: object, file: Partial<TargetFileInput>) => {
  const means = meansOf(file);
  return planForShop(
    'race',
    readSalePlan({
      name: 'race',
      sale: { buyers: 9, skus: [{ stock: 5 }, { stock: 5 }], ...sale },
    }),
    means.file,
    describeShop(means.file, {}),
  );
};

const operations = { buy: { request: 'POST /{sku}' } };

it('sells as many SKUs as the file has', () => {
  const one = { operations, sale: { skus: [{ id: 1, stock: 5 }] } };
  expect(plan({}, one).skus).toEqual([{ stock: 5 }]);
  expect(plan({}, { operations, sale: { create: [] } }).skus).toHaveLength(2);
});

it('waits for no hold that lives long', () => {
  const holding = (holdTtl: string) => ({ operations, sale: { create: [], holdTtl } });
  expect(plan({ needs: ['hold-ttl'] }, holding('10s')).holdTtlMs).toBe(10_000);
  expect(() => plan({ needs: ['hold-ttl'] }, holding('2m'))).toThrow(
    expect.objectContaining({
      exitCode: 2,
      message: 'race needs holds that lapse within 10 s',
      why: 'its buyers wait for holds to lapse, and those of corner live 120 s',
    }),
  );
  expect(plan({ holdTtlMs: 3_000 }, holding('2m')).holdTtlMs).toBe(120_000);
});

it('needs something on sale', () => {
  expect(() => plan({}, { operations })).toThrow(
    expect.objectContaining({ exitCode: 2, why: 'it has no `sale`' }),
  );
});
