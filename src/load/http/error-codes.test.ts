import { expect, it } from 'vitest';
import { errorCodeOf, errorTextOf } from './error-codes.ts';
import { Exchange } from './exchange.ts';

function endedWith(code: string, { written }: { written: boolean }): Exchange {
  const exchange = createExchange();
  exchange.written = written;
  exchange.end({ code, message: `told by ${code}` }, 1);
  return exchange;
}

const createExchange = (): Exchange =>
  new Exchange(
    { method: 'GET', origin: 'http://h', path: '/', headers: [], body: null, timeoutMs: 1 },
    { beforeWrite() {}, ended() {} },
    () => 0,
  );

it.each([
  ['TIMEOUT', 1050, 'request timeout'],
  ['ENOTFOUND', 1101, 'lookup: no such host'],
  ['ECONNREFUSED', 1212, 'dial: connection refused'],
  ['CONNECT_TIMEOUT', 1211, 'dial: i/o timeout'],
  ['ECONNRESET', 1220, 'told by ECONNRESET'],
  ['BLOCKED_ADDRESS', 1110, 'ip is blacklisted'],
  ['BLOCKED_NAME', 1111, 'told by BLOCKED_NAME'],
])('%s has k6’s number %d and the text "%s"', (code, number, text) => {
  const exchange = endedWith(code, { written: false });
  expect([errorCodeOf(exchange), errorTextOf(exchange)]).toEqual([number, text]);
});

it('any other failure has one number before the request was written and one after', () => {
  expect(errorCodeOf(endedWith('EHOSTUNREACH', { written: false }))).toBe(1210);
  expect(errorCodeOf(endedWith('MALFORMED_ANSWER', { written: true }))).toBe(1000);
});

it.each([
  ['CONNECTION_CLOSED', 1000],
  ['CUT_OFF_BODY', 1000],
  ['UNREADABLE_BODY', 1701],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 1301],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 1010],
])('%s has k6’s number %d', (code, number) => {
  expect(errorCodeOf(endedWith(code, { written: false }))).toBe(number);
});

it('an answer has its status plus 1000 from 400 on, and no text', () => {
  const exchange = createExchange();
  const codes = [200, 399, 400, 503].map((status) => {
    exchange.onHead(status, '', []);
    return errorCodeOf(exchange);
  });
  expect(codes).toEqual([0, 0, 1400, 1503]);
  expect(errorTextOf(exchange)).toBe('');
});
