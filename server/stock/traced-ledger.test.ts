import { describe, expect, it } from 'vitest';
import type { Span } from '../../src/tracing/span.ts';
import { createTracing } from '../platform/tracing.ts';
import type { LedgerBatches } from './batch.ts';
import type { BasketLedger, HoldRequest, StockLedger } from './ledger.ts';
import { createLedgerTraces } from './traced-ledger.ts';

const PARENT = { traceId: '1'.repeat(32), spanId: '2'.repeat(16) };
const requestOf = (holdId: string): HoldRequest => ({
  ...{ holdId, userId: 'ann', skuId: 'SHOE', quantity: 1 },
});

function createTraced() {
  const spans: Span[] = [];
  const tracing = createTracing({ add: (span) => spans.push(span) });
  return { spans, tracing, traces: createLedgerTraces(tracing) };
}

describe('the span of a basket', () => {
  const basketsThat = (answer: object): BasketLedger => {
    const call = async () => answer as never;
    return { holdBasket: call, confirmBasket: call, releaseBasket: call, cancelBasket: call };
  };
  const basket = { basketId: 'b', userId: 'ann', lines: [requestOf('h1'), requestOf('h2')] };

  it.each([
    [[{ outcome: 'held' }, { outcome: 'held' }], 'held'],
    [[{ outcome: 'not_alone' }, { outcome: 'out_of_stock' }], 'out_of_stock'],
  ])('is part of its request, and says how its lines ended: %j', async (answer, outcome) => {
    const { spans, tracing, traces } = createTraced();
    const { holdBasket } = traces.baskets(basketsThat(answer));
    await tracing.under(PARENT, () => holdBasket(basket));
    expect(spans).toMatchObject([
      {
        ...{ name: 'ledger hold basket', traceId: PARENT.traceId, parentSpanId: PARENT.spanId },
        ...{ attributes: { 'flashsale.skus': 2, 'flashsale.outcome': outcome }, failed: false },
      },
    ]);
  });

  it('is made for each of its changes, and for none of a request that is not recorded', async () => {
    const { spans, tracing, traces } = createTraced();
    const traced = traces.baskets(basketsThat({ outcome: 'done' }));
    const changes = () => [
      traced.confirmBasket({ paymentId: 'p', userId: 'ann' }),
      traced.releaseBasket(basket),
      traced.cancelBasket(basket),
    ];
    await Promise.all(changes());
    expect(spans).toEqual([]);
    await tracing.under(PARENT, () => Promise.all(changes()));
    expect(spans.map(({ name }) => name)).toEqual([
      ...['ledger confirm basket', 'ledger release basket', 'ledger cancel basket'],
    ]);
  });
});

it('a batch has links to those of its calls that are recorded, and is not recorded for others alone', async () => {
  const { spans, tracing, traces } = createTraced();
  const batches = traces.batches({ hold: async () => [] } as unknown as LedgerBatches);
  const waiting: HoldRequest[] = [];
  let commit = () => {};
  const committed = new Promise<void>((resolve) => {
    commit = resolve;
  });
  const ledger = traces.ledger({
    async hold(request: HoldRequest) {
      waiting.push(request);
      await committed;
      return { outcome: 'out_of_stock' };
    },
  } as unknown as StockLedger);
  const [recorded, other] = [requestOf('h1'), requestOf('h2')];
  const calls = [tracing.under(PARENT, () => ledger.hold(recorded)), ledger.hold(other)];
  await batches.hold([other]);
  expect(spans).toEqual([]);
  await batches.hold(waiting);
  commit();
  await Promise.all(calls);
  const [batch, hold] = spans as [Span, Span];
  expect(batch).toMatchObject({
    ...{ name: 'ledger batch hold', links: [{ spanId: hold.spanId, traceId: PARENT.traceId }] },
    attributes: { 'db.operation.batch.size': 2 },
  });
  expect(hold.links).toMatchObject([{ traceId: batch.traceId, spanId: batch.spanId }]);
  expect(spans).toHaveLength(2);
});
