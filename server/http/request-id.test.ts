import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { createRequestIds } from './request-id.ts';

const withId = (id?: string) => ({ headers: { 'x-request-id': id } }) as unknown as IncomingMessage;

test('keeps a sane id of the client and replaces a harmful one', () => {
  const nameRequest = createRequestIds({ instance: 'api-1', startedAtMs: 36 });
  expect(nameRequest(withId('order-7:retry.2'))).toBe('order-7:retry.2');
  expect(nameRequest(withId('a\u001b[31m'))).toBe('api-1-10-1');
  expect(nameRequest(withId('x'.repeat(65)))).toBe('api-1-10-2');
  expect(nameRequest(withId())).toBe('api-1-10-3');
});
