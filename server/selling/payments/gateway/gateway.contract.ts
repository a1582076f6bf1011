import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../../../src/kernel/ids.ts';
import type { ProviderBehaviour } from '../../../../src/protocol/payments.ts';
import type { PaymentGateway } from './payment-gateway.ts';

/** Opens a gateway to a provider with this behaviour. */
export type OpenGateway = (
  behaviour?: Partial<ProviderBehaviour>,
) => Promise<{ gateway: PaymentGateway; close(): Promise<void> }>;

const order = (details = {}) => ({
  paymentId: newId(),
  transactionId: newId(),
  amount: '10.00',
  method: 'card' as const,
  ...details,
});

/** The tests that every gateway must pass. */
export function describeGateway(name: string, open: OpenGateway): void {
  describe(`S1.3 the payment gateway ${name}`, () => {
    let gateway: PaymentGateway;
    let close: () => Promise<void>;
    beforeEach(async () => {
      ({ gateway, close } = await open());
    });
    afterEach(() => close());

    it('charges once for any number of calls', async () => {
      const request = order();
      const charges = await Promise.all([gateway.charge(request), gateway.charge(request)]);
      expect(charges).toEqual([{ outcome: 'charged' }, { outcome: 'charged' }]);
      expect(await gateway.charge(request)).toEqual({ outcome: 'charged' });
      expect(await gateway.find(request.paymentId)).toEqual({ outcome: 'charged' });
    });

    it('charges for ten units of the dearest product', async () => {
      const request = order({ amount: '99999999999.90' });
      expect(await gateway.charge(request)).toEqual({ outcome: 'charged' });
    });

    it('declines with a reason, and declines the same call again', async () => {
      const request = order({ transactionId: 'decline-1' });
      const declined = { outcome: 'declined', reason: expect.stringContaining('bank') };
      expect(await gateway.charge(request)).toEqual(declined);
      expect(await gateway.charge(request)).toEqual(declined);
      expect(await gateway.find(request.paymentId)).toEqual({ outcome: 'declined' });
      expect(await gateway.refund(request.paymentId)).toEqual({ outcome: 'not_charged' });
    });

    it('declines a transaction of another payment, or with another amount', async () => {
      const request = order();
      await gateway.charge(request);
      expect(await gateway.charge(order({ transactionId: request.transactionId }))).toMatchObject({
        outcome: 'declined',
      });
      expect(await gateway.charge({ ...request, amount: '1.00' })).toMatchObject({
        outcome: 'declined',
      });
      expect(await gateway.find(request.paymentId)).toEqual({ outcome: 'charged' });
    });

    it('refunds once, and declines the payment after that', async () => {
      const request = order();
      await gateway.charge(request);
      expect(await gateway.refund(request.paymentId)).toEqual({ outcome: 'refunded' });
      expect(await gateway.refund(request.paymentId)).toEqual({ outcome: 'refunded' });
      expect(await gateway.find(request.paymentId)).toEqual({ outcome: 'refunded' });
      expect(await gateway.charge(request)).toMatchObject({ outcome: 'declined' });
    });

    it('declines a charge that arrives after its refund', async () => {
      const request = order();
      expect(await gateway.find(request.paymentId)).toEqual({ outcome: 'not_found' });
      expect(await gateway.refund(request.paymentId)).toEqual({ outcome: 'not_charged' });
      expect(await gateway.charge(request)).toMatchObject({ outcome: 'declined' });
      expect(await gateway.find(request.paymentId)).toEqual({ outcome: 'declined' });
    });

    it('is pending when the provider decides later, and a refund keeps it from charging', async () => {
      await close();
      ({ gateway, close } = await open({ async: true, latencyMs: 60_000 }));
      const request = order();
      expect(await gateway.charge(request)).toEqual({ outcome: 'pending' });
      expect(await gateway.find(request.paymentId)).toEqual({ outcome: 'pending' });
      expect(await gateway.refund(request.paymentId)).toEqual({ outcome: 'not_charged' });
      expect(await gateway.find(request.paymentId)).toEqual({ outcome: 'declined' });
    });

    it('declines the configured share of payments, and always the same ones', async () => {
      await close();
      const charged: number[][] = [];
      for (const _ of [1, 2]) {
        ({ gateway, close } = await open({ declineRate: 0.3 }));
        const places = Array.from({ length: 100 }, (_, place) => place);
        const outcomes = await Promise.all(
          places.map((place) => gateway.charge(order({ transactionId: `tx-${place}` }))),
        );
        charged.push(places.filter((place) => outcomes[place]?.outcome === 'charged'));
        if (charged.length === 1) await close();
      }
      expect(charged[0]).toEqual(charged[1]);
      expect(charged[0]?.length).toBeGreaterThan(50);
      expect(charged[0]?.length).toBeLessThan(90);
    });
  });
}
