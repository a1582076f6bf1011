import { describe, expect, it } from 'vitest';
import { damagesOfParts, type Parts, type PartsDamage } from '../../test/judge/damages/parts.ts';
import { splitSale } from '../../test/judge/split-sale.ts';
import { UserError } from '../kernel/errors.ts';
import { mergeHistories } from '../merging/merge-histories.ts';
import { simulateSale } from '../simulation/simulate-sale.ts';
import { judge } from './verdict.ts';

const { evidence } = simulateSale({
  ...{ seed: 7, buyers: 150, total: 15, arrivalRate: 1_000, instances: 2, paymentMs: 20 },
  ...{ readRate: 0.3, skus: 2, quantityMax: 3 },
});
const parts = splitSale(evidence, 3, 7) as Parts;

/** The verdict over damaged parts; `refused` where they cannot be made one. */
function verdictOver({ apply }: PartsDamage): string {
  const copies = structuredClone(parts);
  apply(copies);
  try {
    return judge(mergeHistories(copies)).status;
  } catch (error) {
    if (error instanceof UserError) return 'refused';
    throw error;
  }
}

describe('the parts of a correct sale', () => {
  it('are valid as they are', () => {
    expect(verdictOver({ name: 'none', apply: () => {} })).toBe('valid');
  });

  it('are not valid with one fact changed', () => {
    const unseen = damagesOfParts(parts).filter((damage) => verdictOver(damage) === 'valid');
    expect(unseen.map(({ name }) => name)).toEqual([]);
  });
});
