import { type Operation, type SaleFacts, takesStock } from '../../history/operation.ts';

const REFERENCE_CODES = ['OUT_OF_STOCK', 'CAMPAIGN_FULL'];

/** Creates the test for calls that were refused because too few units were left, by the target's own error codes. */
export function createSoldOutTest(sale: SaleFacts): (operation: Operation) => boolean {
  const codes = new Set(sale.soldOutCodes ?? REFERENCE_CODES);
  return ({ kind, outcome, code }) =>
    takesStock(kind) && outcome === 'fail' && code !== undefined && codes.has(code);
}
