import { describe, expect, it } from 'vitest';
import { UserError } from '../../../kernel/errors.ts';
import type { Fields, SalePreparation, TargetFileInput } from '../../../target/file/schema.ts';
import { meansOf } from '../testing/means.ts';
import { createSkus } from './create-skus.ts';
import { existingSkus } from './existing-skus.ts';
import { createRemoval } from './removal.ts';
import { factsOfSku } from './shop-sku.ts';

describe('SKUs that steps put on sale', () => {
  const create = (
    steps: NonNullable<NonNullable<TargetFileInput['sale']>['create']>,
    options = {},
  ) => {
    const means = meansOf({ sale: { create: steps } }, options);
    const sale = means.file.sale as SalePreparation;
    const planned = [
      { skuId: 'rush-1', stock: 5 },
      { skuId: 'rush-2', stock: 3, price: '7.00' },
    ];
    return createSkus(sale.create ?? [], planned, means, createRemoval(sale.remove, means));
  };

  it('have the name, the units and the fields that steps give', async () => {
    const skus = await create([
      { command: `printf '{"sku": 4%d, "slug": "%s"}' {stock} {sku}` },
      { run: async ({ slug, price }) => ({ stock: 2, path: `/${slug}`, paid: price ?? null }) },
    ]);
    expect(skus).toEqual([
      { skuId: '45', total: 2, unitPrice: '49.00', slug: 'rush-1', path: '/rush-1', paid: '49.00' },
      { skuId: '43', total: 2, unitPrice: '7.00', slug: 'rush-2', path: '/rush-2', paid: '7.00' },
    ]);
  });

  it('have no price that the shop was not told', async () => {
    const [sku] = await create([{ command: 'echo {sku} {stock}' }]);
    expect(sku).toEqual({ skuId: 'rush-1', total: 5 });
  });

  it('become parameters of SQL, whose first row gives fields', async () => {
    const asked: unknown[] = [];
    const databases = {
      async query(...query: unknown[]) {
        asked.push(query);
        return { rows: [{ sku: 17 }] };
      },
    };
    const sql = "INSERT INTO p (name, units) VALUES ('{sku}', {stock}) RETURNING id AS sku";
    const [sku] = await create([{ sql, database: 'postgres://shop@db/{env.DB}' }], {
      databases,
      env: { DB: 'x' },
    });
    expect(sku).toEqual({ skuId: '17', total: 5 });
    expect(asked[0]).toEqual([
      'postgres://shop@db/x',
      'INSERT INTO p (name, units) VALUES ($1, $2) RETURNING id AS sku',
      ['rush-1', 5],
    ]);
  });

  it('need somebody to say how many units there are', async () => {
    await expect(create([{ command: 'echo {sku}' }])).rejects.toMatchObject({
      exitCode: 2,
      message: 'nothing says how many units are on sale',
    });
    expect(await create([{ command: `echo '{"stock":6}'` }])).toMatchObject([{ total: 6 }, {}]);
  });

  it('fail with the place of a command and what it says', async () => {
    await expect(create([{ command: 'echo no such shop >&2; exit 4' }])).rejects.toMatchObject({
      message: 'sale.create.0 of the target file: the command failed',
      why: expect.stringContaining('exit code 4: no such shop'),
    });
  });
});

describe('a SKU whose second step fails', () => {
  const steps = [{ command: `echo '{"sku": 17}'; : {stock}` }, { command: 'exit 1' }];
  const planned = [{ skuId: 'rush-1', stock: 5 }];

  it('is removed by what its first step gave', async () => {
    const removed: unknown[] = [];
    const remove = [{ run: async ({ sku, stock }: Fields) => void removed.push({ sku, stock }) }];
    const means = meansOf({ sale: { create: steps, remove: remove as never } });
    const sale = means.file.sale as SalePreparation;
    const removal = createRemoval(sale.remove, means);
    await expect(createSkus(sale.create ?? [], planned, means, removal)).rejects.toMatchObject({
      message: 'sale.create.1 of the target file: the command failed',
      why: 'it ended with exit code 1 (exit 1)',
    });
    expect(await removal.removeAll()).toEqual([]);
    expect(removed).toEqual([{ sku: 17, stock: 5 }]);
  });

  it('is named in the error where nothing removes it', async () => {
    const means = meansOf({ sale: { create: steps } });
    const sale = means.file.sale as SalePreparation;
    const removal = createRemoval([], means);
    const error = await createSkus(sale.create ?? [], planned, means, removal).catch(String);
    expect(removal.withLeft(error)).toBe(error);
    const failed = UserError.usage('it failed', { why: 'it is late', next: 'try again' });
    expect(removal.withLeft(failed)).toMatchObject({
      why: 'it is late; SKU 17, which sale.create has made, is left in the shop',
      next: 'try again; add sale.remove, steps that undo what sale.create does',
    });
  });

  it('is not asked for again and again in a shop that is gone', async () => {
    let tries = 0;
    const fail = async (): Promise<undefined> => {
      tries += 1;
      throw new Error('gone');
    };
    const removal = createRemoval([{ run: fail }], meansOf({}));
    for (const sku of 'abcdef') removal.add(sku, { sku });
    expect(await removal.removeAll()).toEqual([
      'SKU a was not removed: sale.remove.0 of the target file failed: gone',
      'SKU b was not removed: sale.remove.0 of the target file failed: gone',
      'SKU c was not removed: sale.remove.0 of the target file failed: gone',
      '3 more SKUs were not removed, because that goes on failing',
    ]);
    // Each was tried twice, because a shop may be busy for a moment.
    expect(tries).toBe(6);
  });
});

describe('SKUs that are there', () => {
  const nobody = async (): Promise<number> => Number.NaN;
  const existing = (
    skus: NonNullable<NonNullable<TargetFileInput['sale']>['skus']>,
    planned: number[],
    count: Parameters<typeof existingSkus>[2] = nobody,
  ) => {
    const means = meansOf({ sale: { skus } });
    return existingSkus(
      means.file.sale?.skus ?? [],
      planned.map((stock) => ({ stock })),
      count,
      means,
    );
  };

  it('are as many as make up the units of the scenario', async () => {
    const seats = { command: `printf 'id,stock,row\\nA1,1,A\\nA2,1,A\\nA3,1,A\\n'` };
    expect(await existing(seats, [2])).toEqual([
      { skuId: 'A1', total: 1, row: 'A' },
      { skuId: 'A2', total: 1, row: 'A' },
    ]);
    expect(await existing([{ id: 7, stock: 900, price: 5 }], [2])).toEqual([
      { skuId: '7', total: 900, unitPrice: '5.00' },
    ]);
  });

  it('may be asked for their units', async () => {
    const skus = [
      { id: 'a', stock: 'read' as const },
      { id: 'b', stock: 'evidence' as const },
    ];
    const count = async ({ skuId }: { skuId: string }, by: string) =>
      `${skuId} ${by}` === 'b evidence' ? 4 : 1;
    expect(await existing(skus, [2, 3], count)).toEqual([
      { skuId: 'a', total: 1 },
      { skuId: 'b', total: 4 },
    ]);
  });

  it('must have an id, and units', async () => {
    await expect(existing({ command: 'echo id,stock' }, [1])).rejects.toMatchObject({
      message: 'nothing is on sale in the shop',
    });
    await expect(existing([{ id: 1, stock: 0 }], [1])).rejects.toMatchObject({
      why: 'none of its SKUs has a unit left',
    });
    await expect(existing({ command: 'printf "seat\\nA1\\n"' }, [1])).rejects.toMatchObject({
      message: 'SKU 1 of sale.skus has no id',
    });
  });
});

it('leave in the history what the judge needs of a SKU, and if it was there before the run', () => {
  const sku = { skuId: 'A1', total: 1, unitPrice: '5.00', row: 'A' };
  expect(factsOfSku(sku, { isNew: true })).toEqual({ skuId: 'A1', total: 1, unitPrice: '5.00' });
  expect(factsOfSku({ skuId: 'A1', total: 1 }, { isNew: false })).toEqual({
    ...{ skuId: 'A1', total: 1, wasOnSale: true },
  });
});
