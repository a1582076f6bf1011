import type { Admission, AdmissionObserver } from './admission.ts';
import type { SoldOutMemory } from './sold-out.ts';

/** The filter of a single process: it knows what is sold out, once the ledger has refused somebody. */
export function createMemoryAdmission(deps: {
  soldOut: SoldOutMemory;
  observe: AdmissionObserver;
}): Admission {
  const { soldOut, observe } = deps;
  return {
    admit(request) {
      const refused = soldOut.refuses(request);
      observe('memory', refused ? 'refused' : 'admitted');
      return !refused;
    },
    settle({ skuId, userId }, outcome) {
      if (outcome === 'out_of_stock') void soldOut.look(skuId);
      else soldOut.remember(skuId, userId);
    },
    tell() {},
    unitsCameBack: soldOut.forget,
    async reconcile() {},
  };
}
