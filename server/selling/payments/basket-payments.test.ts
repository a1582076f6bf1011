import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { ProviderBehaviour } from '../../../src/protocol/payments.ts';
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createProvider } from '../../payment-provider/provider.ts';
import { createStockLedger } from '../../stock/index.ts';
import type { BasketHold, BasketLedger, StockLedger } from '../../stock/ledger.ts';
import { auditLedger } from '../../stock/testing/audit.ts';
import { lapse, readStock, stockSku, tally, times } from '../../stock/testing/fixtures.ts';
import type { PaymentGateway } from './gateway/payment-gateway.ts';
import { createSimulatedGateway } from './gateway/simulated-gateway.ts';
import { createPayments } from './index.ts';
import { settleAll } from './testing/settle-all.ts';

let database: TestDatabase;
let pool: Pool;
let ledger: StockLedger & BasketLedger;
/** The gateway to the provider. A test may replace its calls. */
let gateway: PaymentGateway;

beforeAll(async () => {
  database = await openTestDatabase(8);
  ({ pool } = database);
  ledger = createStockLedger({ pool, strategy: 'batched', holdTtlMs: 120_000 });
});
afterAll(() => database.close());
beforeEach(() => {
  const provider = createProvider({ behaviour: ProviderBehaviour.parse({}), seed: 1 });
  gateway = createSimulatedGateway(provider);
});
/** After each test every payment is settled, and the ledger must be consistent. */
afterEach(async () => {
  await settleAll(pool, payments());
  expect(await auditLedger(pool)).toEqual([]);
});

/** The payments, which use the calls that `gateway` has at the moment of a call. */
const payments = (baskets: Pick<BasketLedger, 'confirmBasket'> = ledger) =>
  createPayments({
    ...{ pool, ledger, baskets, chargeMsMax: 0, webhookSecret: undefined },
    gateway: {
      charge: (request) => gateway.charge(request),
      find: (paymentId) => gateway.find(paymentId),
      refund: (paymentId) => gateway.refund(paymentId),
    },
    readJson: (_req, _res, next) => next(),
    nowMs: () => 0,
    onWebhook: () => {},
  });

/** A basket that is held: one unit for 10.00, and two for 3.00 each. */
async function held(): Promise<BasketHold> {
  const skus = [await stockSku(pool, 5, '10.00'), await stockSku(pool, 5, '3.00')];
  const lines = skus.map((skuId, place) => ({ holdId: newId(), skuId, quantity: place + 1 }));
  const basket = { basketId: newId(), userId: newId(), lines };
  await ledger.holdBasket(basket);
  return basket;
}

const wanted = ({ basketId, userId, lines }: BasketHold, transactionId: string = newId()) => ({
  ...{ basketId, userId, orderIds: lines.map(() => newId()), transactionId, callId: 'call' },
  method: 'card' as const,
});

const holdsOf = ({ userId, lines }: BasketHold) => lines.map((line) => ({ ...line, userId }));

/** The states of the orders of a basket and of their payment. */
async function readOrders({ basketId }: BasketHold): Promise<string[]> {
  const { rows } = await pool.query<{ state: string }>(
    `SELECT o.status || coalesce(', ' || p.status || ' ' || p.amount, '') AS state
     FROM orders o LEFT JOIN payments p USING (order_id) WHERE o.basket_id = $1 ORDER BY o.order_id`,
    [basketId],
  );
  return rows.map(({ state }) => state);
}

const stocksOf = ({ lines }: BasketHold) =>
  Promise.all(lines.map(({ skuId }) => readStock(pool, skuId)));

const SOLD = ['CONFIRMED, CHARGED 16.00', 'CONFIRMED'];
const REFUNDED = ['FAILED, REFUNDED 16.00', 'FAILED'];

/** Loses the answer of the charge. */
function loseAnswers(): void {
  const { charge } = gateway;
  gateway.charge = async (request) => {
    await charge(request);
    return { outcome: 'unknown' };
  };
}

describe('S1.3 the payment of a basket', () => {
  it('sells all lines, and looks for no movement that it has made itself', async () => {
    const basket = await held();
    const spy = vi.spyOn(pool, 'query');
    const paid = await payments().payBasket(wanted(basket, 'tx'));
    const texts = spy.mock.calls.map(([statement]) => JSON.stringify(statement));
    spy.mockRestore();
    expect(texts.filter((text) => text.includes('stock_movements'))).toEqual([]);
    expect(paid).toMatchObject({
      outcome: 'sold',
      orders: [
        { status: 'CONFIRMED', totalPrice: '10.00', transactionId: 'tx', sequence: 2 },
        { status: 'CONFIRMED', totalPrice: '6.00', sequence: 2 },
      ],
    });
    expect(await readOrders(basket)).toEqual(SOLD);
  });

  it('is charged once for ten concurrent calls with one transaction, and one of them gets the orders', async () => {
    const basket = await held();
    const paid = await Promise.all(
      times(10, () => payments().payBasket(wanted(basket, 'tx-of-ten'))),
    );
    expect(tally(paid)).toEqual({ sold: 1, order_exists: 9 });
    const sold = paid.find(({ outcome }) => outcome === 'sold');
    expect(sold).toMatchObject({ orders: [{ sequence: 2 }, { sequence: 2 }] });
    expect(await readOrders(basket)).toEqual(SOLD);
  });

  it('is one of ten concurrent transactions', async () => {
    const basket = await held();
    const paid = await Promise.all(times(10, () => payments().payBasket(wanted(basket))));
    expect(tally(paid)).toEqual({ sold: 1, order_exists: 9 });
    expect(await readOrders(basket)).toEqual(SOLD);
  });

  it('stays while an earlier call charges for it, although a later one did not reach the provider', async () => {
    const basket = await held();
    const reached = gateway;
    gateway = {
      ...reached,
      async charge(request) {
        gateway = { ...reached, charge: async () => ({ outcome: 'unavailable' }) };
        const later = await payments().payBasket(wanted(basket, 'tx-shared'));
        expect(later).toEqual({ outcome: 'unavailable' });
        gateway = reached;
        return reached.charge(request);
      },
    };
    expect(await payments().payBasket(wanted(basket, 'tx-shared'))).toMatchObject({
      outcome: 'sold',
    });
    expect(await readOrders(basket)).toEqual(SOLD);
  });

  it('is forgotten with all orders when no call has reached the provider', async () => {
    const basket = await held();
    const reached = gateway;
    gateway = { ...reached, charge: async () => ({ outcome: 'unavailable' }) };
    const call = wanted(basket, 'tx-again');
    expect(await payments().payBasket(call)).toEqual({ outcome: 'unavailable' });
    expect(await readOrders(basket)).toEqual([]);
    gateway = reached;
    expect(await payments().payBasket(call)).toMatchObject({ outcome: 'sold' });
  });
});

describe('S1.4 a payment of a basket that is late', () => {
  it('sells all lines when a look-up finds it charged', async () => {
    const basket = await held();
    loseAnswers();
    expect(await payments().payBasket(wanted(basket))).toMatchObject({
      outcome: 'pending',
      orders: [{ status: 'PENDING' }, { status: 'PENDING' }],
    });
    await settleAll(pool, payments());
    expect(await readOrders(basket)).toEqual(SOLD);
  });

  it('sells all lines when the server died after the charge', async () => {
    const basket = await held();
    const dying = { confirmBasket: () => Promise.reject(new Error('Connection terminated')) };
    await expect(payments(dying).payBasket(wanted(basket))).rejects.toThrow();
    expect(await readOrders(basket)).toEqual(['PENDING, PENDING 16.00', 'PENDING']);
    await settleAll(pool, payments());
    expect(await readOrders(basket)).toEqual(SOLD);
  });

  it('fails all orders when a look-up finds it declined', async () => {
    const basket = await held();
    loseAnswers();
    await payments().payBasket(wanted(basket, 'decline-late'));
    await settleAll(pool, payments());
    expect(await readOrders(basket)).toEqual(['FAILED, DECLINED 16.00', 'FAILED']);
  });

  it('goes back as a whole when the basket has lapsed, swept or not', async () => {
    for (const isSwept of [true, false]) {
      const basket = await held();
      const { charge } = gateway;
      gateway.charge = async (request) => {
        await lapse(pool, holdsOf(basket));
        if (isSwept) await ledger.expireLapsed(10);
        return charge(request);
      };
      expect(await payments().payBasket(wanted(basket))).toEqual({
        outcome: 'expired',
        skuIds: basket.lines.map(({ skuId }) => skuId),
      });
      gateway.charge = charge;
      await settleAll(pool, payments());
      expect(await readOrders(basket)).toEqual(REFUNDED);
      expect(await stocksOf(basket)).toMatchObject([{ sold: 0 }, { sold: 0 }]);
    }
  });

  it('goes back as a whole when the basket was given back meanwhile', async () => {
    const basket = await held();
    const { charge } = gateway;
    gateway.charge = async (request) => {
      await ledger.releaseBasket(basket);
      return charge(request);
    };
    expect(await payments().payBasket(wanted(basket))).toEqual({
      outcome: 'not_active',
      skuIds: basket.lines.map(({ skuId }) => skuId),
    });
    await settleAll(pool, payments());
    expect(await readOrders(basket)).toEqual(REFUNDED);
  });

  it('goes back as a whole when the basket was cancelled meanwhile', async () => {
    const basket = await held();
    loseAnswers();
    await payments().payBasket(wanted(basket));
    expect(await ledger.cancelBasket(basket)).toMatchObject({ outcome: 'cancelled' });
    await settleAll(pool, payments());
    expect(await readOrders(basket)).toEqual(['CANCELLED, REFUNDED 16.00', 'CANCELLED']);
    const free = { available: 5, reserved: 0, sold: 0 };
    expect(await stocksOf(basket)).toEqual([free, free]);
  });
});
