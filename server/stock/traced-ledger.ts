import type { TracePlace } from '../../src/kernel/trace-ids.ts';
import type { Tracing } from '../platform/tracing.ts';
import type { LedgerBatches } from './batch.ts';
import type { StockLedger } from './ledger.ts';

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

  const traceCall =
    <Request extends { skuId: string }, Outcome extends { outcome: string }>(
      operation: string,
      call: (request: Request) => Promise<Outcome>,
    ) =>
    async (request: Request): Promise<Outcome> => {
      const parent = tracing.current();
      if (parent === undefined) return call(request);
      const traced: Traced = { place: tracing.newPlace(parent), batches: [] };
      underWay.set(request, traced);
      const startMs = tracing.nowMs();
      let outcome: string | undefined;
      try {
        const result = await tracing.under(traced.place, () => call(request));
        outcome = result.outcome;
        return result;
      } finally {
        tracing.add({
          ...traced.place,
          parentSpanId: parent.spanId,
          name: `ledger ${operation}`,
          kind: 'internal',
          ...{ startMs, endMs: tracing.nowMs(), links: traced.batches },
          failed: outcome === undefined,
          attributes: { 'flashsale.sku': request.skuId, 'flashsale.outcome': outcome },
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
      hold: traceCall('hold', ledger.hold),
      confirm: traceCall('confirm', ledger.confirm),
      release: traceCall('release', ledger.release),
      cancelOrder: traceCall('cancel', ledger.cancelOrder),
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

export type LedgerTraces = ReturnType<typeof createLedgerTraces>;
