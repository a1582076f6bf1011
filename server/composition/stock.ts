import { countAdmission, countLedger, timeLedger } from '../platform/observe-ledger.ts';
import type { Admission } from '../stock/admission/admission.ts';
import {
  createAdmittedBaskets,
  createAdmittedLedger,
  observeForAdmission,
} from '../stock/admission/admitted-ledger.ts';
import { createAdmission } from '../stock/admission/index.ts';
import {
  type ContradictedRefusals,
  createContradictedRefusals,
} from '../stock/contradicted-refusals.ts';
import { createStockLedger } from '../stock/index.ts';
import type { BasketLedger, StockLedger } from '../stock/ledger.ts';
import { createLedgerTraces } from '../stock/traced-ledger.ts';
import type { Foundation } from './foundation.ts';

export interface Stock {
  admission: Admission;
  /** The ledger behind the admission filter. */
  ledger: StockLedger;
  /**
   * The ledger for attempts that a flash sale has accepted. Accepting was their admission, so the filter learns of them
   * and turns none away.
   */
  unfilteredLedger: StockLedger;
  baskets: BasketLedger;
  contradictedRefusals: ContradictedRefusals;
}

/** @param given a ledger to use instead of the one that the configuration chooses */
export function composeStock(foundation: Foundation, given: StockLedger | undefined): Stock {
  const { config, pool, redis, clock, metrics, tracing } = foundation;
  const admission = createAdmission({
    name: config.admission,
    pool,
    redis,
    clock,
    observe: countAdmission(metrics),
  });
  const own = createStockLedger({
    pool,
    redis,
    strategy: config.strategy,
    holdTtlMs: config.holdTtlMs,
    observer: observeForAdmission(admission, countLedger(metrics)),
    traces: tracing && createLedgerTraces(tracing),
  });
  const ledger = timeLedger(given ?? own, metrics, clock);
  const contradictedRefusals = createContradictedRefusals((sku, refusals) =>
    metrics.contradictedRefusals.inc({ sku }, refusals),
  );
  return {
    admission,
    contradictedRefusals,
    ledger: contradictedRefusals.watch(createAdmittedLedger({ ledger, admission })),
    unfilteredLedger: createAdmittedLedger({
      ledger,
      admission: { ...admission, admit: () => true },
    }),
    baskets: createAdmittedBaskets({ baskets: own, admission }),
  };
}
