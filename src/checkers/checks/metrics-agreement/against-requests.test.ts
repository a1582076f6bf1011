import { describe, expect, it } from 'vitest';
import { type Call, evidenceOf, refused, unanswered } from '../../../../test/judge/story.ts';
import type { OperationKind } from '../../../history/operation.ts';
import { metricsAgreement } from '../metrics-agreement.ts';
import { at, CALLS, FINAL, judged, ONE, sale, sample, scrape, whole } from './testing/scrapes.ts';

const requests = (method: string, route: string, status: string, value: number) =>
  sample('flashsale_http_requests_total', { method, route, status }, value);

/** The requests of the story, as the server counts them. */
const TOLD = [
  requests('POST', '/api/v1/reservations', '201', 2),
  requests('POST', '/api/v1/orders/checkout', '201', 1),
];

describe('counters of requests', () => {
  const told = (calls: Call[], samples: ReturnType<typeof requests>[], atMs = 1_500) =>
    judged([whole([0, 1], {}), whole([atMs, atMs + 1], FINAL, ...TOLD, ...samples)], {
      calls: [...CALLS, ...calls],
    });

  it.each([
    ['reserve', 'POST', '/api/v1/reservations'],
    ['confirm', 'POST', '/api/v1/orders/checkout'],
    ['release', 'DELETE', '/api/v1/reservations/:id'],
    ['cancel', 'POST', '/api/v1/orders/:id/cancel'],
    ['register', 'POST', '/api/v1/register'],
    ['redeem', 'POST', '/api/v1/voucher/use'],
    ['buy', 'POST', '/tickets/purchase'],
    ['check-in', 'POST', '/tickets/:code/check-in'],
    ['attempt', 'POST', '/api/flash-sale/attempt/:saleId'],
    ['track', 'POST', '/analytics/track'],
    ['reserve', 'POST', '/api/v1/baskets', 'basket'],
    ['confirm', 'POST', '/api/v1/baskets/:id/checkout', 'basket'],
    ['release', 'DELETE', '/api/v1/baskets/:id', 'basket'],
    ['cancel', 'POST', '/api/v1/baskets/:id/cancel', 'basket'],
    ['buy', 'POST', '/tickets/purchase', 'basket'],
  ] as [OperationKind, string, string, string?][])(
    'are those of the calls that %s, by route and status: %s %s',
    (kind, method, route, basket) => {
      const facts = { code: 'FORBIDDEN', status: 403, requestId: 'r1', basket, ...at(ONE) };
      const calls = [refused(kind, 'dan', [45, 48], facts)];
      const of = (value: number) => told(calls, [requests(method, route, '403', value)]);
      expect(of(1).status).toBe('valid');
      expect(of(0).summary).toContain(`counted 0 answers 403 to ${method} ${route}`);
      expect(of(2).summary).toContain(`counted 2 answers 403 to ${method} ${route}`);
    },
  );

  it('of registrations are those of the calls that complete quests, where a voucher is a reward of one', () => {
    const facts = { code: 'FORBIDDEN', status: 403, requestId: 'r1', ...at(ONE) };
    const calls = [
      refused('register', 'dan', [45, 48], facts),
      refused('release', 'dan', [45, 48], { ...facts, status: 404 }),
    ];
    const released = requests('DELETE', '/api/v1/reservations/:id', '404', 1);
    const skus = [...sale.skus, { skuId: 'SKU-2', total: 1, isReward: true }];
    const of = (route: string) => {
      const counted = [...TOLD, released, requests('POST', route, '403', 1)];
      const scrapes = [whole([0, 1], {}), whole([1_500, 1_501], FINAL, ...counted)];
      const evidence = evidenceOf({ ...sale, skus }, [...CALLS, ...calls], { scrapes });
      return metricsAgreement.check(evidence);
    };
    expect(of('/quests/:questId/progress').status).toBe('valid');
    expect(of('/api/v1/register').summary).toContain(
      'counted 0 answers 403 to POST /quests/:questId/progress',
    );
  });

  it('are not asked of a server that does not count them', () => {
    const facts = { code: 'FORBIDDEN', status: 403, requestId: 'r1', ...at(ONE) };
    const calls = [...CALLS, refused('release', 'dan', [45, 48], facts)];
    const pages = [scrape([0, 1], {}), scrape([1_500, 1_501], FINAL)];
    expect(judged(pages, { calls }).status).toBe('valid');
  });

  it('may come a second after their answers', () => {
    const facts = { code: 'FORBIDDEN', status: 403, requestId: 'r1', ...at(ONE) };
    const calls = [refused('release', 'dan', [45, 48], facts)];
    expect(told(calls, [], 1_048).status).toBe('valid');
    expect(told(calls, [], 1_049).status).toBe('invalid');
  });

  it('need not be there for an answer without a request id, which a proxy may have given', () => {
    const calls = [refused('release', 'dan', [45, 48], { status: 403, code: 'X', ...at(ONE) })];
    expect(told(calls, []).status).toBe('valid');
  });

  it('need not be there for a request that was never sent', () => {
    const facts = { status: 0, code: 'ECONNREFUSED', requestId: 'r1', ...at(ONE) };
    expect(told([refused('release', 'dan', [45, 48], facts)], []).status).toBe('valid');
  });

  it('need not be there for an answer that left it open, unless that was "accepted"', () => {
    const open = (status: number) => {
      const facts = { hold: 'b', status, requestId: 'r1', completedAtNs: 48e6, ...at(ONE) };
      const pending = sample('flashsale_orders_total', { outcome: 'pending' }, 1);
      return told([unanswered('confirm', 'bob', 45, facts)], [pending]).status;
    };
    expect(open(500)).toBe('valid');
    expect(open(202)).toBe('invalid');
  });

  it('may be more where a key lets a client send a request again', () => {
    const facts = { code: 'X', status: 403, requestId: 'r1', idempotencyKey: 'k', ...at(ONE) };
    const of = (kind: OperationKind, path: string, value: number, basket?: string) =>
      told(
        [refused(kind, 'dan', [45, 48], { ...facts, basket })],
        [requests(kind === 'release' ? 'DELETE' : 'POST', path, '403', value)],
      ).status;
    expect(of('release', '/api/v1/reservations/:id', 3)).toBe('valid');
    expect(of('release', '/api/v1/reservations/:id', 0)).toBe('invalid');
    expect(of('buy', '/tickets/purchase', 3, 'basket')).toBe('valid');
    expect(of('buy', '/tickets/purchase', 0, 'basket')).toBe('invalid');
  });

  it('are as many for tickets of one type and of several, which are bought by one route', () => {
    const facts = { code: 'FORBIDDEN', status: 403, requestId: 'r1', ...at(ONE) };
    const calls = [
      refused('buy', 'dan', [45, 48], facts),
      refused('buy', 'eve', [45, 48], { ...facts, basket: 'one' }),
      refused('buy', 'eve', [45, 48], { ...facts, basket: 'one', sku: 'SKU-2' }),
    ];
    const of = (value: number) =>
      told(calls, [requests('POST', '/tickets/purchase', '403', value)]);
    expect(of(2).status).toBe('valid');
    expect(of(1).summary).toContain("the buyers' calls make it 2");
    expect(of(3).summary).toContain("the buyers' calls make it 2");
  });
});
