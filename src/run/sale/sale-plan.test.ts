import { describe, expect, it } from 'vitest';
import type { LoadedScript } from '../../load/vu/script.ts';
import { readSalePlan } from './sale-plan.ts';

const read = (sale: Record<string, unknown>) =>
  readSalePlan({ name: 'rush', sale } as unknown as LoadedScript);

describe('the plan of a sale', () => {
  it('is the exported `sale` with its defaults', () => {
    expect(read({ stock: 5, buyers: 10, holdTtlMs: 3_000 })).toEqual({
      stock: 5,
      buyers: 10,
      holdTtlMs: 3_000,
      api: 'reference',
      sells: 'reservations',
      challenges: [],
      sellOutExpected: true,
    });
  });

  it('S3.5 may set the behaviour of payments', () => {
    const payments = { latencyMs: 1_500, async: true };
    expect(read({ stock: 5, buyers: 10, payments }).payments).toEqual({
      ...payments,
      declineRate: 0,
      hangRate: 0,
      duplicateWebhooks: false,
    });
  });

  it.each([
    [{ stock: 0, buyers: 1 }, 'sale.stock'],
    [{ stock: Number.NaN, buyers: 1 }, 'sale.stock'],
    [{ stock: 1 }, 'sale.buyers'],
    [{ stock: 1, buyers: 1, stok: 2 }, 'stok'],
    [{ stock: 1, buyers: 1, api: 'unknown-shop' }, 'sale.api'],
    [{ stock: 1, buyers: 1, sells: 'lottery' }, 'sale.sells'],
    [{ stock: 1, buyers: 1, payments: { declineRate: 2 } }, 'sale.payments.declineRate'],
    [{ stock: 1, buyers: 1, challenges: ['rain'] }, 'sale.challenges.0'],
  ])('is refused: %j', (sale, expected) => {
    expect(() => read(sale)).toThrow(
      expect.objectContaining({ why: expect.stringContaining(expected), exitCode: 2 }),
    );
  });
});
