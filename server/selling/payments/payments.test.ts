import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { ProviderBehaviour } from '../../../src/protocol/payments.ts';
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createProvider, type Provider } from '../../payment-provider/provider.ts';
import { transaction } from '../../platform/postgres.ts';
import { createStockLedger } from '../../stock/index.ts';
import type { BasketLedger, HoldRequest, StockLedger } from '../../stock/ledger.ts';
import { auditLedger } from '../../stock/testing/audit.ts';
import {
  buyer,
  lapse,
  readStatus,
  readStock,
  stockSku,
  tally,
  times,
} from '../../stock/testing/fixtures.ts';
import type { PaymentGateway } from './gateway/payment-gateway.ts';
import { createSimulatedGateway } from './gateway/simulated-gateway.ts';
import { createPayments } from './index.ts';
import { createPaymentStore } from './store.ts';
import { settleAll } from './testing/settle-all.ts';

let database: TestDatabase;
let pool: Pool;
let ledger: StockLedger & BasketLedger;
let provider: Provider;
/** The gateway to the provider. A test may replace its calls. */
let gateway: PaymentGateway;
/** Calls of each kind that reached the provider. */
let calls: Record<'charge' | 'find' | 'refund', number>;

beforeAll(async () => {
  database = await openTestDatabase(8);
  ({ pool } = database);
  ledger = createStockLedger({ pool, strategy: 'batched', holdTtlMs: 120_000 });
});
afterAll(() => database.close());
/** After each test every payment is settled, and the ledger must be consistent. */
afterEach(async () => {
  await settleAll(pool, payments());
  expect(await auditLedger(pool)).toEqual([]);
});
beforeEach(() => {
  provider = newProvider();
  calls = { charge: 0, find: 0, refund: 0 };
  const real = createSimulatedGateway(provider);
  gateway = {
    charge(request) {
      calls.charge += 1;
      return real.charge(request);
    },
    find(paymentId) {
      calls.find += 1;
      return real.find(paymentId);
    },
    refund(paymentId) {
      calls.refund += 1;
      return real.refund(paymentId);
    },
  };
});

const newProvider = () => createProvider({ behaviour: ProviderBehaviour.parse({}), seed: 1 });

/** The payments, which use the calls that `gateway` has at the moment of a call. */
function payments(over: StockLedger = ledger) {
  return createPayments({
    pool,
    ledger: over,
    baskets: ledger,
    gateway: {
      charge: (request) => gateway.charge(request),
      find: (paymentId) => gateway.find(paymentId),
      refund: (paymentId) => gateway.refund(paymentId),
    },
    chargeMsMax: 0,
    webhookSecret: undefined,
    readJson: (_req, _res, next) => next(),
    nowMs: () => 0,
    onWebhook: () => {},
  });
}

async function held(units = 1) {
  const skuId = await stockSku(pool, units, '10.00');
  const hold = buyer(skuId);
  await ledger.hold(hold);
  return hold;
}

const wanted = (hold: HoldRequest, transactionId: string = newId()) => ({
  orderId: newId(),
  reservationId: hold.holdId,
  userId: hold.userId,
  method: 'card' as const,
  transactionId,
  callId: 'call-1',
});

/** Waits until a statement of this database waits for a lock. */
async function untilOneWaits(): Promise<void> {
  const { rowCount } = await pool.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  if (rowCount === 0) await untilOneWaits();
}

async function readPayments(skuId: string) {
  const { rows } = await pool.query(
    `SELECT o.status || ' ' || p.status || CASE WHEN p.next_try_at IS NULL THEN '' ELSE ' open' END AS state
     FROM payments p JOIN orders o USING (order_id) WHERE o.sku_id = $1 ORDER BY o.order_id`,
    [skuId],
  );
  return rows.map(({ state }) => state);
}

describe('S1.3 paying for a hold', () => {
  it('sells the hold after the charge, and leaves nothing to settle', async () => {
    const hold = await held();
    expect(await payments().pay(wanted(hold, 'tx'))).toMatchObject({
      outcome: 'sold',
      order: {
        reservationId: hold.holdId,
        totalPrice: '10.00',
        status: 'CONFIRMED',
        transactionId: 'tx',
        sequence: 2,
      },
    });
    expect(await readPayments(hold.skuId)).toEqual(['CONFIRMED CHARGED']);
  });

  it('S1.4 fails the order when the payment is declined, and the hold may be paid for again', async () => {
    const hold = await held();
    const declined = wanted(hold, 'decline-1');
    expect(await payments().pay(declined)).toMatchObject({ outcome: 'declined' });
    expect(await payments().pay(declined)).toMatchObject({ outcome: 'declined' });
    expect(await readPayments(hold.skuId)).toEqual(['FAILED DECLINED']);
    expect(await readStatus(pool, hold.holdId)).toBe('RESERVED');
    expect(calls.charge).toBe(1);

    expect(await payments().pay(wanted(hold))).toMatchObject({ outcome: 'sold' });
    expect(await readPayments(hold.skuId)).toEqual(['FAILED DECLINED', 'CONFIRMED CHARGED']);
  });

  it('deletes the order of a call that did not reach the provider, so that it can be repeated', async () => {
    const hold = await held();
    const reached = gateway;
    gateway = { ...gateway, charge: async () => ({ outcome: 'unavailable' }) };
    expect(await payments().pay(wanted(hold, 'tx-again'))).toEqual({ outcome: 'unavailable' });
    expect(await readPayments(hold.skuId)).toEqual([]);

    gateway = reached;
    expect(await payments().pay(wanted(hold, 'tx-again'))).toMatchObject({ outcome: 'sold' });
  });

  it('keeps a payment that another call has joined, although this call did not reach the provider', async () => {
    const hold = await held();
    const reached = gateway;
    gateway = {
      ...gateway,
      async charge() {
        gateway = reached;
        const other = await payments().pay(wanted(hold, 'tx-shared'));
        expect(other).toEqual({ outcome: 'order_exists' });
        return { outcome: 'unavailable' };
      },
    };
    expect(await payments().pay(wanted(hold, 'tx-shared'))).toEqual({ outcome: 'unavailable' });
    expect(await readPayments(hold.skuId)).toEqual(['CONFIRMED CHARGED']);
  });

  it('refuses a transaction that the buyer has used for another reservation', async () => {
    const hold = await held();
    const other = buyer(await stockSku(pool, 1), { userId: hold.userId });
    await ledger.hold(other);
    await payments().pay(wanted(hold, 'tx-reused'));

    expect(await payments().pay(wanted(other, 'tx-reused'))).toEqual({
      outcome: 'transaction_reused',
    });
    expect(await readPayments(other.skuId)).toEqual([]);
  });

  it('does not begin a second payment while one is undecided', async () => {
    const hold = await held();
    gateway.charge = async () => ({ outcome: 'pending' });
    await payments().pay(wanted(hold));
    expect(await payments().pay(wanted(hold))).toEqual({ outcome: 'order_exists' });
  });

  it('charges once for ten concurrent calls with one transaction, and answers one of them with the order', async () => {
    const hold = await held();
    const outcomes = await Promise.all(times(10, () => payments().pay(wanted(hold, 'tx-of-ten'))));
    expect(tally(outcomes)).toEqual({ sold: 1, order_exists: 9 });
    expect(await readPayments(hold.skuId)).toEqual(['CONFIRMED CHARGED']);
  });

  it('charges one of ten concurrent transactions', async () => {
    const hold = await held();
    const outcomes = await Promise.all(times(10, () => payments().pay(wanted(hold))));
    expect(tally(outcomes)).toEqual({ sold: 1, order_exists: 9 });
    expect(calls.charge).toBe(1);
  });
});

describe('S1.4 an undecided payment', () => {
  it('is confirmed when a look-up finds it charged, without a second charge', async () => {
    const hold = await held();
    const { charge } = gateway;
    gateway.charge = async (request) => {
      await charge(request);
      return { outcome: 'unknown' };
    };
    expect(await payments().pay(wanted(hold))).toMatchObject({
      outcome: 'pending',
      order: { status: 'PENDING', reservationId: hold.holdId },
    });
    expect(await readPayments(hold.skuId)).toEqual(['PENDING PENDING open']);

    await settleAll(pool, payments());
    expect(await readPayments(hold.skuId)).toEqual(['CONFIRMED CHARGED']);
    expect(await readStock(pool, hold.skuId)).toEqual({ available: 0, reserved: 0, sold: 1 });
    expect(calls).toEqual({ charge: 1, find: 1, refund: 0 });
  });

  it('fails when a look-up finds it declined', async () => {
    const hold = await held();
    const { charge } = gateway;
    gateway.charge = async (request) => {
      await charge(request);
      return { outcome: 'unknown' };
    };
    await payments().pay(wanted(hold, 'decline-late'));
    await settleAll(pool, payments());
    expect(await readPayments(hold.skuId)).toEqual(['FAILED DECLINED']);
    expect(calls.refund).toBe(0);
  });

  it('fails when the provider does not know it, and a charge that arrives after that is declined', async () => {
    const hold = await held();
    const { charge } = gateway;
    let arrive = () => charge({ paymentId: '', transactionId: '', amount: '', method: 'card' });
    gateway.charge = async (request) => {
      arrive = () => charge(request);
      return { outcome: 'unknown' };
    };
    await payments().pay(wanted(hold));
    await settleAll(pool, payments());
    expect(await readPayments(hold.skuId)).toEqual(['FAILED DECLINED']);
    expect(await arrive()).toMatchObject({ outcome: 'declined' });
  });

  it('is declined when its order was failed before the charge was answered, and the hold may be paid for again', async () => {
    const hold = await held();
    const { charge } = gateway;
    gateway.charge = async (request) => {
      const charged = await charge(request);
      await pool.query(
        "UPDATE orders SET status = 'FAILED' WHERE order_id = $1 AND status = 'PENDING'",
        [request.paymentId],
      );
      return charged;
    };
    expect(await payments().pay(wanted(hold))).toMatchObject({ outcome: 'declined' });
    gateway.charge = charge;
    expect(await payments().pay(wanted(hold))).toMatchObject({ outcome: 'sold' });
  });

  it('S1.10 that is declined waits for a change of its order, and does not hold it up meanwhile', async () => {
    const hold = await held();
    gateway.charge = async () => ({ outcome: 'unknown' });
    const { orderId } = wanted(hold);
    await payments().pay({ ...wanted(hold), orderId });
    const { declined } = await transaction(pool, async (other) => {
      await other.query('SELECT FROM orders WHERE order_id = $1 FOR UPDATE', [orderId]);
      const underWay = createPaymentStore(pool, 0).recordEnd(orderId, 'DECLINED');
      await untilOneWaits();
      // Changes the payment as well: a deadlock, if the other one had that already.
      await other.query(`UPDATE orders SET status = 'FAILED' WHERE order_id = $1`, [orderId]);
      return { declined: underWay };
    });
    await declined;
    expect(await readPayments(hold.skuId)).toEqual(['FAILED DECLINED']);
  });

  it('stays when the buyer repeats the call and it does not reach the provider, which may have the money', async () => {
    const hold = await held();
    const { charge } = gateway;
    gateway.charge = async (request) => {
      await charge(request);
      return { outcome: 'unknown' };
    };
    await payments().pay(wanted(hold, 'tx-lost'));
    gateway.charge = async () => ({ outcome: 'unavailable' });
    expect(await payments().pay(wanted(hold, 'tx-lost'))).toEqual({ outcome: 'unavailable' });
    await settleAll(pool, payments());
    expect(await readPayments(hold.skuId)).toEqual(['CONFIRMED CHARGED']);
  });

  it('stays open while the provider cannot be reached', async () => {
    const hold = await held();
    const { find } = gateway;
    gateway.charge = async () => ({ outcome: 'unknown' });
    gateway.find = async () => ({ outcome: 'unavailable' });
    await payments().pay(wanted(hold));
    await pool.query('UPDATE payments SET next_try_at = now() WHERE next_try_at IS NOT NULL');
    await payments().settleDue(1000);
    expect(await readPayments(hold.skuId)).toEqual(['PENDING PENDING open']);
    gateway.find = find;
    await settleAll(pool, payments());
    expect(await readPayments(hold.skuId)).toEqual(['FAILED DECLINED']);
  });

  it('is settled by another process when the server died after the charge', async () => {
    const hold = await held();
    const dying: StockLedger = {
      ...ledger,
      confirm: () => Promise.reject(new Error('Connection terminated unexpectedly')),
    };
    await expect(payments(dying).pay(wanted(hold))).rejects.toThrow(
      expect.objectContaining({ name: 'Unfinished', cause: expect.anything() }),
    );
    expect(await readPayments(hold.skuId)).toEqual(['PENDING PENDING open']);
    await settleAll(pool, payments());
    expect(await readPayments(hold.skuId)).toEqual(['CONFIRMED CHARGED']);
  });

  it('is settled by a repeated call of the buyer', async () => {
    const hold = await held();
    const { charge } = gateway;
    gateway.charge = async () => ({ outcome: 'unknown' });
    await payments().pay(wanted(hold, 'tx-repeat'));
    gateway.charge = charge;
    expect(await payments().pay(wanted(hold, 'tx-repeat'))).toEqual({ outcome: 'order_exists' });
    expect(await readPayments(hold.skuId)).toEqual(['CONFIRMED CHARGED']);
  });
});

describe('S1.3 a payment that arrives after its hold lapsed', () => {
  /** Makes the charge take longer than the hold lives, and calls `then` meanwhile. */
  function chargeTooLong(hold: HoldRequest, then: () => Promise<unknown> = async () => {}) {
    const { charge } = gateway;
    gateway.charge = async (request) => {
      await lapse(pool, [hold]);
      await then();
      return charge(request);
    };
  }

  it('holds new units, if there are any', async () => {
    const hold = await held();
    chargeTooLong(hold, () => ledger.expireLapsed(10));
    const paid = await payments().pay(wanted(hold));
    if (paid.outcome !== 'sold') throw new Error(`was ${paid.outcome}`);
    const { orderId, reservationId } = paid.order;
    expect(reservationId).not.toBe(hold.holdId);
    expect(await readStatus(pool, reservationId)).toBe('CONFIRMED');
    expect(await readStatus(pool, hold.holdId)).toBe('EXPIRED');
    expect(await readPayments(hold.skuId)).toEqual(['CONFIRMED CHARGED']);
    const { rows } = await pool.query(
      'SELECT call_id FROM reservations WHERE reservation_id = $1',
      [reservationId],
    );
    expect(rows).toEqual([{ call_id: 'call-1' }]);
    const order = { orderId, userId: hold.userId, skuId: hold.skuId };
    expect(await ledger.cancelOrder(order)).toMatchObject({ outcome: 'cancelled' });
    await settleAll(pool, payments());
    expect(await readPayments(hold.skuId)).toEqual(['CANCELLED REFUNDED']);
  });

  it('holds its own lapsed units again, swept or not', async () => {
    const hold = await held();
    chargeTooLong(hold);
    expect(await payments().pay(wanted(hold))).toMatchObject({ outcome: 'sold' });
  });

  it('has the number of its sale in its answer, also when another process sold the units first', async () => {
    const hold = await held();
    const { charge } = gateway;
    gateway.charge = async (request) => {
      const charged = await charge(request);
      await lapse(pool, [hold]);
      await settleAll(pool, payments());
      return charged;
    };
    const paid = await payments().pay(wanted(hold));
    if (paid.outcome !== 'sold') throw new Error(`was ${paid.outcome}`);
    const { reservationId, sequence } = paid.order;
    const { rows } = await pool.query(
      `SELECT sequence FROM stock_movements WHERE reservation_id = $1 AND kind = 'SOLD'`,
      [reservationId],
    );
    expect(rows).toEqual([{ sequence }]);
  });

  it('is refunded when another buyer holds the units by then', async () => {
    const hold = await held();
    chargeTooLong(hold, async () => {
      await ledger.expireLapsed(10);
      await ledger.hold(buyer(hold.skuId));
    });
    expect(await payments().pay(wanted(hold))).toEqual({ outcome: 'expired' });
    expect(await readPayments(hold.skuId)).toEqual(['FAILED CHARGED open']);
    await settleAll(pool, payments());
    expect(await readPayments(hold.skuId)).toEqual(['FAILED REFUNDED']);
    expect(calls.refund).toBe(1);
  });

  it('is refunded when its buyer has made a new reservation meanwhile', async () => {
    const hold = await held(5);
    chargeTooLong(hold, async () => {
      await ledger.hold({ ...hold, holdId: newId() });
    });
    expect(await payments().pay(wanted(hold))).toEqual({ outcome: 'expired' });
    await settleAll(pool, payments());
    expect(await readPayments(hold.skuId)).toEqual(['FAILED REFUNDED']);
    expect(await readStock(pool, hold.skuId)).toEqual({ available: 4, reserved: 1, sold: 0 });
  });

  it('is refunded when its buyer has released the hold meanwhile', async () => {
    const hold = await held();
    const { charge } = gateway;
    gateway.charge = async (request) => {
      await ledger.release(hold);
      return charge(request);
    };
    expect(await payments().pay(wanted(hold))).toEqual({ outcome: 'not_active' });
    await settleAll(pool, payments());
    expect(await readPayments(hold.skuId)).toEqual(['FAILED REFUNDED']);
  });

  it('is one order when several processes settle it at the same time', async () => {
    const hold = await held();
    const { charge } = gateway;
    gateway.charge = async (request) => {
      await charge(request);
      return { outcome: 'unknown' };
    };
    await payments().pay(wanted(hold));
    await lapse(pool, [hold]);
    await Promise.all(
      times(8, async () => {
        await pool.query('UPDATE payments SET next_try_at = now() WHERE next_try_at IS NOT NULL');
        await payments().settleDue(10);
      }),
    );
    await settleAll(pool, payments());
    expect(await readPayments(hold.skuId)).toEqual(['CONFIRMED CHARGED']);
    expect(await readStock(pool, hold.skuId)).toEqual({ available: 0, reserved: 0, sold: 1 });
  });
});

describe('S1.4 the refund of a cancelled order', () => {
  it('is made exactly once when several processes settle it', async () => {
    const hold = await held();
    const paid = await payments().pay(wanted(hold));
    if (paid.outcome !== 'sold') throw new Error(`was ${paid.outcome}`);
    const order = { orderId: paid.order.orderId, userId: hold.userId, skuId: hold.skuId };
    await ledger.cancelOrder(order);
    expect(await readPayments(hold.skuId)).toEqual(['CANCELLED CHARGED open']);
    await Promise.all(times(5, () => payments().settleDue(1000)));
    expect(await readPayments(hold.skuId)).toEqual(['CANCELLED REFUNDED']);
    expect(calls.refund).toBe(1);
    expect(provider.find(order.orderId)).toMatchObject({ status: 'refunded' });
  });

  it('is tried again until the provider has answered', async () => {
    const hold = await held();
    const paid = await payments().pay(wanted(hold));
    if (paid.outcome !== 'sold') throw new Error(`was ${paid.outcome}`);
    const { refund } = gateway;
    gateway.refund = async (paymentId) => {
      // The first refund is made, but its answer is lost.
      await refund(paymentId);
      gateway.refund = refund;
      return { outcome: 'unavailable' };
    };
    await ledger.cancelOrder({ ...paid.order });
    await payments().settleDue(1000);
    expect(await readPayments(hold.skuId)).toEqual(['CANCELLED CHARGED open']);
    await settleAll(pool, payments());
    expect(await readPayments(hold.skuId)).toEqual(['CANCELLED REFUNDED']);
  });

  it('of an undecided payment keeps it from being charged later', async () => {
    const hold = await held();
    gateway.charge = async () => ({ outcome: 'unknown' });
    const paid = await payments().pay(wanted(hold));
    if (paid.outcome !== 'pending') throw new Error(`was ${paid.outcome}`);
    expect(await ledger.cancelOrder(paid.order)).toEqual({ outcome: 'cancelled', sequence: 2 });
    await settleAll(pool, payments());
    expect(await readPayments(hold.skuId)).toEqual(['CANCELLED DECLINED']);
    expect(provider.find(paid.order.orderId)).toMatchObject({ status: 'void' });
  });

  it('and a concurrent charge leave the order and the payment in agreement, in any sequence', async () => {
    const holds = await Promise.all(times(15, () => held()));
    const cancels: Promise<unknown>[] = [];
    await Promise.all(
      holds.map(async (hold) => {
        const { charge } = gateway;
        const request = wanted(hold);
        const paying = createPayments({
          ...{
            pool,
            ledger,
            baskets: ledger,
            chargeMsMax: 0,
            webhookSecret: undefined,
            nowMs: () => 0,
            onWebhook: () => {},
          },
          readJson: (_req, _res, next) => next(),
          gateway: {
            ...gateway,
            async charge(asked) {
              const outcome = await charge(asked);
              const order = { orderId: asked.paymentId, userId: hold.userId, skuId: hold.skuId };
              cancels.push(ledger.cancelOrder(order));
              return outcome;
            },
          },
        });
        await paying.pay(request);
      }),
    );
    await Promise.all(cancels);
    await settleAll(pool, payments());
    for (const hold of holds) {
      const [state] = await readPayments(hold.skuId);
      const { sold } = await readStock(pool, hold.skuId);
      expect(['CANCELLED REFUNDED 0', 'CONFIRMED CHARGED 1']).toContain(`${state} ${sold}`);
    }
  });
});
