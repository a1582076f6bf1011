import { describe, expect, inject, it } from 'vitest';
import { sellUnder } from './sell-under.ts';

describe('a sale in which payments go wrong', () => {
  it('S1.3 keeps money and goods together when the provider is slow, hangs, repeats webhooks and dies, and a server dies with it', async () => {
    const { verdict } = await sellUnder({
      ...{ scenario: 'rush', instances: 2, stock: 120, buyers: 1_500 },
      databaseUrl: inject('postgresUrl'),
      payments: {
        ...{ async: true, latencyMs: 400, declineRate: 0.1, hangRate: 0.05 },
        duplicateWebhooks: true,
      },
      async fault({ parts }) {
        await parts.payments?.kill();
        await parts.servers[0]?.kill();
      },
    });
    const complaints = verdict.checks.filter(
      ({ status }) => status !== 'valid' && status !== 'skipped',
    );
    expect(complaints).toEqual([]);
    expect(verdict.checks).toContainEqual(
      expect.objectContaining({ name: 'money-agreement', status: 'valid' }),
    );
  });
});
