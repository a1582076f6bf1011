import type {
  BasketLedger,
  BasketLineOutcome,
  ChangedLine,
  HoldOutcome,
  LedgerObserver,
  StockLedger,
} from '../ledger.ts';
import type { Admission } from './admission.ts';

/** Puts an admission filter in front of a ledger. A refusal without a `sequence` comes from the filter. */
export function createAdmittedLedger(deps: {
  ledger: StockLedger;
  admission: Admission;
}): StockLedger {
  const { ledger, admission } = deps;
  return {
    ...ledger,

    async hold(request) {
      const admitted = admission.admit(request);
      if (!(typeof admitted === 'boolean' ? admitted : await admitted)) {
        return { outcome: 'out_of_stock' };
      }
      let decided: HoldOutcome | undefined;
      try {
        decided = await ledger.hold(request);
        return decided;
      } finally {
        admission.settle(request, decided?.outcome);
      }
    },

    async confirm(request) {
      const decided = await ledger.confirm(request);
      if (decided.outcome === 'sold') admission.holdChanged(request, 'sold');
      return decided;
    },

    async release(request) {
      const decided = await ledger.release(request);
      if (decided.outcome === 'released') admission.holdChanged(request, 'ended');
      return decided;
    },

    async cancelOrder(request) {
      const decided = await ledger.cancelOrder(request);
      if (decided.outcome === 'cancelled') admission.holdChanged(request, 'ended');
      return decided;
    },
  };
}

/** Puts the filter in front of baskets, and tells it of the units that they take and give back. */
export function createAdmittedBaskets(deps: {
  baskets: BasketLedger;
  admission: Admission;
}): BasketLedger {
  const { baskets, admission } = deps;
  const changed = (userId: string, lines: ChangedLine[], change: 'sold' | 'ended') => {
    for (const { skuId } of lines) admission.holdChanged({ userId, skuId }, change);
  };
  return {
    async holdBasket(basket) {
      const { userId, lines } = basket;
      const refused = lines.map((line) => admission.refuses({ ...line, userId }));
      if (refused.includes(true)) {
        return refused.map(
          (isRefused): BasketLineOutcome =>
            isRefused ? { outcome: 'out_of_stock' } : { outcome: 'not_alone' },
        );
      }
      const decided = await baskets.holdBasket(basket);
      for (const [place, { outcome }] of decided.entries()) {
        const line = lines[place];
        if (line === undefined || outcome === 'not_alone') continue;
        admission.settle({ ...line, userId }, outcome);
      }
      return decided;
    },
    async confirmBasket(request) {
      const decided = await baskets.confirmBasket(request);
      if (decided.outcome === 'sold') changed(request.userId, decided.lines, 'sold');
      return decided;
    },
    async releaseBasket(request) {
      const decided = await baskets.releaseBasket(request);
      if (decided.outcome === 'released') changed(request.userId, decided.lines, 'ended');
      return decided;
    },
    async cancelBasket(request) {
      const decided = await baskets.cancelBasket(request);
      if (decided.outcome === 'cancelled') changed(request.userId, decided.lines, 'ended');
      return decided;
    },
  };
}

/** Wraps an observer so that the filter learns at once of units that this process puts back on sale. */
export function observeForAdmission(
  admission: Admission,
  observer: LedgerObserver,
): LedgerObserver {
  return {
    ...observer,
    moved(kind, count, skuId) {
      observer.moved(kind, count, skuId);
      if (kind !== 'RESERVED' && kind !== 'SOLD') admission.unitsCameBack(skuId);
    },
  };
}
