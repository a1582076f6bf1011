import { expect, it } from 'vitest';
import { callTag, collectCallTags, type TaggedCall } from './call-tags.ts';

const call = (parts: object = {}): TaggedCall =>
  ({
    request: { method: 'GET', url: 'http://one/cart', tags: { name: 'cart', step: 2 } },
    exchange: {
      status: 200,
      failure: undefined,
      peer: () => ({ ip: '10.0.0.1', port: 80, tlsVersion: '', tlsCipherSuite: '' }),
    },
    group: '::shop',
    expected: true,
    vu: {
      tag: (name: string) => (name === 'scenario' ? 'rush' : undefined),
      allTags: () => ({ scenario: 'rush', group: '::later' }),
    },
    ...parts,
  }) as unknown as TaggedCall;

it("collects k6's tags, those of the VU, and the request's own over them", () => {
  expect(collectCallTags(call())).toEqual({
    scenario: 'rush',
    method: 'GET',
    status: '200',
    name: 'cart',
    url: 'cart',
    group: '::shop',
    proto: 'HTTP/1.1',
    expected_response: 'true',
    step: '2',
  });
});

it('reads single tags, those of the VU last', () => {
  expect(callTag(call(), 'step')).toBe('2');
  expect(callTag(call(), 'ip')).toBe('10.0.0.1');
  expect(callTag(call(), 'scenario')).toBe('rush');
  expect(callTag(call(), 'error_code')).toBeUndefined();
  expect(callTag(call({ request: { method: 'GET', url: 'http://one/' } }), 'name')).toBe(
    'http://one/',
  );
});

it('has an error instead of a protocol for a call without an answer', () => {
  const failed = call({
    exchange: {
      status: 0,
      written: true,
      failure: { code: 'TIMEOUT', message: 'no answer' },
      peer: () => ({ ip: '', port: 0, tlsVersion: '', tlsCipherSuite: '' }),
    },
    expected: false,
  });
  expect(collectCallTags(failed)).toMatchObject({
    status: '0',
    expected_response: 'false',
    error_code: '1050',
    error: expect.any(String),
  });
  expect(callTag(failed, 'proto')).toBeUndefined();
});
