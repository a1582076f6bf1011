import { type Operation, type SaleFacts, takesStock } from '../../history/operation.ts';

const REFERENCE_CODES = ['OUT_OF_STOCK', 'CAMPAIGN_FULL'];

/** Tells whether a call was refused because too few units were left, in the target's own words. */
export function createSoldOutTest(sale: SaleFacts): (operation: Operation) => boolean {
  const codes = new Set(sale.soldOutCodes ?? REFERENCE_CODES);
  return ({ kind, outcome, code }) =>
    takesStock(kind) && outcome === 'fail' && code !== undefined && codes.has(code);
}
