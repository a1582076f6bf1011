import { describe, expect, it } from 'vitest';
import { brokenSale } from '../simulation/broken-sale.ts';
import { BUGS } from '../simulation/bugs.ts';
import { judge } from './verdict.ts';

// The test of each check names the bugs that it must catch.
describe('a sale by a ledger with a bug', () => {
  it.each(BUGS)('is invalid when it does harm: %s', (bug) => {
    let seed = 1;
    while (brokenSale(bug, seed).harm === 0) seed++;
    expect(judge(brokenSale(bug, seed).evidence).status).toBe('invalid');
  });

  it('is told by the cause before what buyers notice of it', () => {
    expect(judge(brokenSale('dead-sweeper', 1).evidence).sentence).toMatch(
      /^Invalid: no-stranded-stock and no-false-sold-out are broken; \d+ holds/,
    );
  });

  it('is reported with a witness of at most ten operations of that history', () => {
    for (const bug of BUGS) {
      const { evidence } = brokenSale(bug, 3);
      for (const { status, witness } of judge(evidence).checks) {
        if (status !== 'invalid') continue;
        expect(witness?.prose).toBeTruthy();
        expect(witness?.operations.length).toBeLessThanOrEqual(10);
        for (const operation of witness?.operations ?? []) {
          expect(evidence.operations[operation.id - 1]).toBe(operation);
        }
      }
    }
  });
});
