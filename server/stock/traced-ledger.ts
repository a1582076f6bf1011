import type { TracePlace } from '../../src/kernel/trace-ids.ts';
import type { Tracing } from '../platform/tracing.ts';
import type { LedgerBatches } from './batch.ts';
import type { BasketLedger, StockLedger } from './ledger.ts';

/** A request of the ledger on its way: its span, and the batches that it was part of. */
interface Traced {
  place: TracePlace;
  batches: TracePlace[];
}

/**
 * Makes spans of the ledger. Each call has one in the trace of its request, from the moment it waits for a batch; each batch
 * has a trace of its own, because it is made for many requests. Both name each other as links.
 */
export function createLedgerTraces(tracing: Tracing) {
  const underWay = new WeakMap<object, Traced>();

  /** @param describe facts of the request, and the outcome of the result */
  const traceCall =
    <Request extends object, Result>(
      operation: string,
      call: (request: Request) => Promise<Result>,
      describe: {
        request(request: NoInfer<Request>): Record<string, string | number>;
        outcomeOf(result: NoInfer<Result>): string;
      },
    ) =>
    async (request: Request): Promise<Result> => {
      const parent = tracing.current();
      if (parent === undefined) return call(request);
      const traced: Traced = { place: tracing.newPlace(parent), batches: [] };
      underWay.set(request, traced);
      const startMs = tracing.nowMs();
      let outcome: string | undefined;
      try {
        const result = await tracing.under(traced.place, () => call(request));
        outcome = describe.outcomeOf(result);
        return result;
      } finally {
        tracing.add({
          ...traced.place,
          parentSpanId: parent.spanId,
          name: `ledger ${operation}`,
          kind: 'internal',
          ...{ startMs, endMs: tracing.nowMs(), links: traced.batches },
          failed: outcome === undefined,
          attributes: { ...describe.request(request), 'flashsale.outcome': outcome },
        });
      }
    };

  const traceBatch =
    <Request extends { skuId: string }, Result>(
      operation: string,
      commit: (requests: Request[]) => Promise<Result>,
    ) =>
    async (requests: Request[]): Promise<Result> => {
      const traced = requests.flatMap((request) => underWay.get(request) ?? []);
      if (traced.length === 0) return commit(requests);
      const place = tracing.newPlace();
      for (const { batches } of traced) batches.push(place);
      const startMs = tracing.nowMs();
      let failed = true;
      try {
        const result = await commit(requests);
        failed = false;
        return result;
      } finally {
        tracing.add({
          ...place,
          name: `ledger batch ${operation}`,
          kind: 'client',
          ...{ startMs, endMs: tracing.nowMs(), failed, links: traced.map((call) => call.place) },
          attributes: {
            'db.system.name': 'postgresql',
            'db.operation.batch.size': requests.length,
            'flashsale.skus': new Set(requests.map(({ skuId }) => skuId)).size,
          },
        });
      }
    };

  return {
    ledger: (ledger: StockLedger): StockLedger => ({
      ...ledger,
      hold: traceCall('hold', ledger.hold, OF_SKU),
      confirm: traceCall('confirm', ledger.confirm, OF_SKU),
      release: traceCall('release', ledger.release, OF_SKU),
      cancelOrder: traceCall('cancel', ledger.cancelOrder, OF_SKU),
    }),
    /** A basket is a statement of its own, so the span of its call is that of the statement and of the wait before it. */
    baskets: (baskets: BasketLedger): BasketLedger => ({
      holdBasket: traceCall('hold basket', baskets.holdBasket, {
        request: ({ lines }) => ({ 'flashsale.skus': lines.length }),
        outcomeOf: (lines) =>
          lines.find(({ outcome }) => outcome !== 'held' && outcome !== 'not_alone')?.outcome ??
          'held',
      }),
      confirmBasket: traceCall('confirm basket', baskets.confirmBasket, OF_BASKET),
      releaseBasket: traceCall('release basket', baskets.releaseBasket, OF_BASKET),
      cancelBasket: traceCall('cancel basket', baskets.cancelBasket, OF_BASKET),
    }),
    batches: (batches: LedgerBatches): LedgerBatches => ({
      ...batches,
      hold: traceBatch('hold', batches.hold),
      confirm: traceBatch('confirm', batches.confirm),
      release: traceBatch('release', batches.release),
      cancelOrder: traceBatch('cancel', batches.cancelOrder),
    }),
  };
}

const outcomeOf = ({ outcome }: { outcome: string }): string => outcome;
const OF_SKU = {
  request: ({ skuId }: { skuId: string }) => ({ 'flashsale.sku': skuId }),
  outcomeOf,
};
const OF_BASKET = { request: () => ({}), outcomeOf };

export type LedgerTraces = ReturnType<typeof createLedgerTraces>;
