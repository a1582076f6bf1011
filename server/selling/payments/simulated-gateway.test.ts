import { describe, expect, test } from 'vitest';
import { createSimulatedGateway } from './simulated-gateway.ts';

const charge = { transactionId: 'tx-1', purpose: 'r-1', amount: '10.00', method: 'card' as const };

describe('S1.3 the simulated payment gateway', () => {
  test('takes a repeated charge as the same charge', async () => {
    const gateway = createSimulatedGateway({ latencyMs: 0 });
    expect(await gateway.charge(charge)).toEqual({ outcome: 'charged' });
    expect(await gateway.charge(charge)).toEqual({ outcome: 'charged' });
  });

  test('declines a transaction that has paid for something else', async () => {
    const gateway = createSimulatedGateway({ latencyMs: 0 });
    await gateway.charge(charge);
    expect(await gateway.charge({ ...charge, purpose: 'r-2' })).toMatchObject({
      outcome: 'declined',
    });
    expect(await gateway.charge({ ...charge, amount: '1.00' })).toMatchObject({
      outcome: 'declined',
    });
  });

  test('declines a transaction that was refunded, also when it was refunded twice', async () => {
    const gateway = createSimulatedGateway({ latencyMs: 0 });
    await gateway.charge(charge);
    await gateway.refund('tx-1');
    await gateway.refund('tx-1');
    expect(await gateway.charge(charge)).toMatchObject({ outcome: 'declined' });
  });

  test('declines by name, so that a test can ask for it', async () => {
    const gateway = createSimulatedGateway({ latencyMs: 0 });
    expect(await gateway.charge({ ...charge, transactionId: 'decline-1' })).toMatchObject({
      outcome: 'declined',
    });
  });

  test('refunds what was never charged without complaint', async () => {
    await expect(createSimulatedGateway({ latencyMs: 0 }).refund('tx-9')).resolves.toBeUndefined();
  });
});
