import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { serve, type TestServer } from '../../../load/testing/servers.ts';
import { describeShop } from '../../../target/file/describe-shop.ts';
import { TargetFile, type TargetFileInput } from '../../../target/file/schema.ts';
import { walkOperations } from './walk.ts';

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

type Reply = { status?: number; body?: unknown; location?: string };

/** Walks through a shop that answers each request by its method and path; tells the requests that it got. */
async function walk(
  operations: TargetFileInput['operations'],
  replies: Record<string, Reply>,
  more: Partial<TargetFileInput> = {},
) {
  const got: string[] = [];
  const server = await serve((request: IncomingMessage, response) => {
    const line = `${request.method} ${request.url}`;
    got.push(line);
    const { status = 200, body = {}, location } = replies[line] ?? { status: 404, body: 'no page' };
    if (location !== undefined) response.setHeader('location', location);
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  servers.push(server);
  const file = TargetFile.parse({
    url: server.origin,
    operations,
    sale: { skus: [{ id: 'A', stock: 1 }] },
    ...more,
  });
  const steps = await walkOperations({
    shop: describeShop(file, {}),
    baseUrl: server.origin,
    buyer: { id: 'ann' },
    sku: { skuId: 'A' },
    signal: new AbortController().signal,
  });
  return { steps, got };
}

describe('the walk of one buyer through a shop', () => {
  it('gives one hold back, checks another out and cancels the order', async () => {
    const { steps, got } = await walk(
      {
        reserve: { request: 'POST /holds', answer: { hold: 'id' } },
        confirm: { request: 'POST /holds/{hold}/confirm', answer: { order: 'order.id' } },
        release: { request: 'DELETE /holds/{hold}' },
        cancel: { request: 'POST /orders/{order}/cancel' },
        read: { request: 'GET /stock/{sku}', answer: { available: 'left' } },
      },
      {
        'POST /holds': { status: 201, body: { id: 'h1' } },
        'POST /holds/h1/confirm': { body: { order: { id: 7 } } },
        'DELETE /holds/h1': {},
        'POST /orders/7/cancel': {},
        'GET /stock/A': { body: { left: 5 } },
      },
    );
    expect(steps.map(({ operation, is, problem }) => [operation, is, problem])).toEqual(
      ['read', 'reserve', 'release', 'reserve', 'confirm', 'cancel'].map((name) => [
        name,
        'ok',
        undefined,
      ]),
    );
    expect(steps[0]?.facts).toEqual([{ name: 'available', place: 'left', value: '5' }]);
    expect(got.slice(3)).toEqual([
      'POST /holds',
      'POST /holds/h1/confirm',
      'POST /orders/7/cancel',
    ]);
  });

  it('leaves no second order behind', async () => {
    const { steps } = await walk(
      {
        reserve: { request: 'POST /holds', answer: { hold: 'id' } },
        confirm: { request: 'POST /confirm/{hold}' },
        buy: { request: 'POST /buy' },
      },
      { 'POST /holds': { body: { id: 1 } }, 'POST /confirm/1': {}, 'POST /buy': {} },
    );
    expect(steps.at(-1)).toMatchObject({
      operation: 'buy',
      leftOut: 'it would leave a second order behind',
    });
  });

  it('asks for the decision over an attempt', async () => {
    const { steps } = await walk(
      {
        attempt: {
          request: 'POST /try',
          later: {
            request: 'GET /mine',
            yes: { 'body.s': 'won' },
            no: { 'body.s': 'lost' },
            answer: { order: 'o' },
          },
        },
        cancel: { request: 'DELETE /orders/{order}' },
      },
      {
        'POST /try': { status: 202 },
        'GET /mine': { body: { s: 'won', o: 3 } },
        'DELETE /orders/3': {},
      },
    );
    expect(steps).toMatchObject([
      { operation: 'attempt', is: 'accepted' },
      { operation: 'later', decision: 'SUCCESS', facts: [{ value: '3' }] },
      { operation: 'cancel', is: 'ok' },
    ]);
  });

  it.each<[string, Reply, Partial<TargetFileInput>, string, string]>([
    [
      'a wrong path',
      { status: 404, body: 'no page' },
      {},
      '404: no page',
      'operations.buy.request',
    ],
    ['a refused token', { status: 401 }, {}, '401', 'correct headers'],
    [
      'a redirect',
      { status: 302, location: '/login' },
      {},
      'redirected to /login',
      'header location',
    ],
    ['no rule', { status: 409, body: { e: 1 } }, {}, 'no rule of answers', 'add a rule'],
    [
      'another meaning',
      { status: 400, body: { e: 'qty' } },
      { answers: [{ refused: { status: '4xx' } }] },
      'taken for "refused": it was answered 400',
      'operations.buy',
    ],
    ['a missing fact', { body: { id: 5 } }, {}, 'no order at order.id: {"id":5}', 'answer.order'],
  ])('explains %s', async (_, reply, more, problem, next) => {
    const buy = { request: 'POST /buy', answer: { order: 'order.id' } };
    const { steps } = await walk({ buy }, { 'POST /buy': reply }, more);
    expect(steps[0]).toMatchObject({
      problem: expect.stringContaining(problem),
      next: expect.stringContaining(next),
    });
  });

  it('says what an operation needs that no answer gave', async () => {
    const { steps } = await walk(
      {
        reserve: { request: 'POST /holds', answer: { hold: 'id' } },
        confirm: { request: 'POST /confirm/{hold}' },
      },
      { 'POST /holds': {} },
    );
    expect(steps).toMatchObject([
      { operation: 'reserve', problem: expect.stringContaining('no hold at id') },
      {
        operation: 'confirm',
        problem: 'POST /confirm/:hold needs {hold}, and no answer gave one',
        next: 'say under operations.reserve.answer.hold where it stands',
      },
    ]);
  });
});
