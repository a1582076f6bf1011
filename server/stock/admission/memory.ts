import type { HoldOutcome, HoldRequest } from '../ledger.ts';
import type { Admission, AdmissionObserver } from './admission.ts';
import type { SoldOutMemory } from './sold-out.ts';

/** The outcomes for buyers who have units of the SKU. */
const HAS_UNITS: ReadonlySet<HoldOutcome['outcome']> = new Set([
  'held',
  'already_reserved',
  'already_purchased',
]);

/** The filter of a single process: it remembers which SKUs are sold out, from the first refusal of the ledger on. */
export function createMemoryAdmission(deps: {
  soldOut: SoldOutMemory;
  observe: AdmissionObserver;
}): Admission {
  const { soldOut, observe } = deps;
  function refuses(request: HoldRequest): boolean {
    const refused = soldOut.refuses(request);
    observe('memory', refused ? 'refused' : 'admitted');
    return refused;
  }

  return {
    admit: (request) => !refuses(request),
    refuses,
    settle({ skuId, userId }, outcome) {
      if (outcome === 'out_of_stock') void soldOut.refresh(skuId);
      // Users whom a rule of the sale refused are not kept: they have no units, and may be any number.
      else if (outcome === undefined || HAS_UNITS.has(outcome)) soldOut.addBuyer(skuId, userId);
    },
    holdChanged() {},
    unitsCameBack: soldOut.forget,
    async reconcile() {},
  };
}
