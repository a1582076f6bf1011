import { type Operation, type SaleFacts, takesStock } from '../../history/operation.ts';

/** Creates the test for calls that were refused because too few units were left, by the target's own error codes. */
export const createSoldOutTest =
  ({
    refusals,
  }: SaleFacts): ((operation: Pick<Operation, 'kind' | 'outcome' | 'code'>) => boolean) =>
  ({ kind, outcome, code }) =>
    takesStock(kind) && outcome === 'fail' && code !== undefined && refusals[code] === 'sold-out';
