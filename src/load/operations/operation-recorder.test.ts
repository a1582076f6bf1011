import { expect, it } from 'vitest';
import { referenceTarget } from '../../target/reference.ts';
import type { Exchange } from '../http/exchange.ts';
import { createMemoryHistory } from '../testing/harness.ts';
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
  operation?.complete(exchange as unknown as Exchange, referenceTarget.classify(status, undefined));
  return history.operations[0];
};

it('a registration is of a campaign, and answers with order and voucher', () => {
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

it('a voucher is used by its code, an order cancelled by its id', () => {
  expect(
    record({ path: '/api/v1/voucher/use', body: { code: 'CODE' } }, { status: 200, body: {} }),
  ).toMatchObject({ kind: 'redeem', voucher: 'CODE' });
  expect(
    record({ path: '/api/v1/orders/o1/cancel' }, { status: 200, body: { sequence: 4 } }),
  ).toMatchObject({ kind: 'cancel', order: 'o1', completion: { sequence: 4 } });
});

it('an attempt is of a sale, and what became of it is read', () => {
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

it('a call carries its Idempotency-Key, however the script spells the header', () => {
  expect(
    record(
      { path: '/api/v1/reservations', headers: ['Idempotency-Key', 'wish-1'] },
      { status: 201, body: {} },
    ),
  ).toMatchObject({ kind: 'reserve', idempotencyKey: 'wish-1' });
});
