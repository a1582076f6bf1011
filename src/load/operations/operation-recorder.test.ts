import { expect, it } from 'vitest';
import { referenceTarget } from '../../target/reference.ts';
import type { Exchange } from '../http/exchange.ts';
import { createMemoryHistory } from '../testing/memory-history.ts';
import { createCallIds } from './call-ids.ts';
import { createOperationRecorder } from './operation-recorder.ts';

const record = (
  call: { method?: string; path: string; headers?: string[]; body?: object },
  answer: { status: number; body: object },
) => {
  const history = createMemoryHistory();
  const operations = createOperationRecorder({
    target: referenceTarget,
    history,
    nextCallId: createCallIds('0123456789abcdef0123'),
  });
  const { method = 'POST', path, headers = [], body = {} } = call;
  const request = { origin: 'http://one', method, path, headers, body: JSON.stringify(body) };
  const operation = operations.begin(request as never, undefined);
  operation?.invoke(1);
  const { status, body: said } = answer;
  const exchange = { status, written: true, json: () => said, header: () => undefined };
  operation?.complete(exchange as unknown as Exchange & { failure: undefined });
  return history.operations[0];
};

it('reads the campaign of a registration, and the order and voucher of its answer', () => {
  expect(
    record(
      { path: '/api/v1/register', body: { campaignId: 'SPRING' } },
      { status: 201, body: { orderId: 'o1', code: 'CODE', skuId: 'SPRING' } },
    ),
  ).toMatchObject({
    kind: 'register',
    sku: 'SPRING',
    completion: { outcome: 'ok', order: 'o1', voucher: 'CODE' },
  });
});

it('reads the code of a voucher that is used, and the id of an order that is cancelled', () => {
  expect(
    record({ path: '/api/v1/voucher/use', body: { code: 'CODE' } }, { status: 200, body: {} }),
  ).toMatchObject({ kind: 'redeem', voucher: 'CODE' });
  expect(
    record({ path: '/api/v1/orders/o1/cancel' }, { status: 200, body: { sequence: 4 } }),
  ).toMatchObject({ kind: 'cancel', order: 'o1', completion: { sequence: 4 } });
});

it('reads the SKU of a flash-sale attempt, and the decision over it', () => {
  expect(record({ path: '/api/flash-sale/attempt/LAMP' }, { status: 200, body: {} })).toMatchObject(
    { kind: 'attempt', sku: 'LAMP' },
  );
  expect(
    record(
      { method: 'GET', path: '/api/orders/status/LAMP' },
      { status: 200, body: { status: 'SUCCESS' } },
    ),
  ).toMatchObject({ kind: 'read', completion: { observed: { decision: 'SUCCESS' } } });
});

it('reads the Idempotency-Key, in any spelling of its name', () => {
  expect(
    record(
      { path: '/api/v1/reservations', headers: ['Idempotency-Key', 'wish-1'] },
      { status: 201, body: {} },
    ),
  ).toMatchObject({ kind: 'reserve', idempotencyKey: 'wish-1' });
});

it('records a call without an answer as unknown, and as failed if it was never written', () => {
  const history = createMemoryHistory();
  const operations = createOperationRecorder({
    target: referenceTarget,
    history,
    nextCallId: () => 'call-1',
  });
  const begin = () => {
    const request = { origin: 'http://one', method: 'POST', path: '/api/v1/reservations' };
    return operations.begin({ ...request, headers: [], body: '{}' } as never, undefined);
  };
  const nothing = () => undefined;
  const parts = { json: nothing, header: nothing, cookie: nothing, text: () => '' };
  const ended = { status: 0, ...parts, endedAtMs: 2 };
  const written = begin();
  written?.invoke(1);
  written?.complete({ ...ended, written: true, failure: { code: 'TIMEOUT' } });
  begin()?.complete({ ...ended, written: false, failure: { code: 'ECONNREFUSED' } });
  expect(history.operations).toMatchObject([
    { kind: 'reserve', callId: 'call-1', completion: { outcome: 'info', code: 'TIMEOUT' } },
    { kind: 'reserve', completion: { outcome: 'fail', status: 0, code: 'ECONNREFUSED' } },
  ]);
});

it('adds the call id to requests that are operations, and to no others', () => {
  const operations = createOperationRecorder({
    target: referenceTarget,
    history: createMemoryHistory(),
    nextCallId: () => 'call-1',
  });
  const headers: string[] = [];
  const request = { origin: 'http://one', method: 'POST', headers, body: null, timeoutMs: 1 };
  expect(operations.begin({ ...request, path: '/elsewhere' }, undefined)).toBeUndefined();
  expect(headers).toEqual([]);
  operations.begin({ ...request, path: '/api/v1/reservations' }, undefined);
  expect(headers).toEqual(['x-call-id', 'call-1']);
});
