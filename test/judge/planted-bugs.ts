import { expect, it } from 'vitest';
import type { Checker } from '../../src/checkers/checker.ts';
import { brokenSale } from '../../src/simulation/broken-sale.ts';
import type { Bug } from '../../src/simulation/bugs.ts';

const SALES = 40;

/**
 * Declares tests that a check is invalid in each of 40 sales in which a bug did harm. The sales are fixed, because not
 * every harm can be proven: two holds of one buyer that nearly overlap may not have overlapped.
 */
export function itCatches(checker: Checker, bugs: Bug[]): void {
  it.each(bugs)(`${checker.name} catches the planted bug %s`, (bug) => {
    let harmed = 0;
    for (let seed = 1; seed <= SALES; seed += 1) {
      const { evidence, harm } = brokenSale(bug, seed);
      if (harm === 0) continue;
      harmed++;
      expect(checker.check(evidence).status, `sale ${seed}`).toBe('invalid');
    }
    expect(harmed).toBeGreaterThan(0);
  });
}
