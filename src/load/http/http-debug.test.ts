import { describe, expect, it } from 'vitest';
import { Exchange } from './exchange.ts';
import { answerLines, requestLines } from './http-debug.ts';

function createExchange(): Exchange {
  return new Exchange(
    {
      method: 'POST',
      origin: 'http://shop:81',
      path: '/buy?now',
      headers: ['x-a', '1'],
      body: '{"é":\n1}',
      timeoutMs: 1_000,
    },
    { beforeWrite() {}, ended() {} },
    () => 0,
  );
}

function answered(headers: string[], body: string): Exchange {
  const exchange = createExchange();
  exchange.onHead(200, 'OK', headers);
  exchange.onBody(Buffer.from(body), 0, body.length);
  return exchange;
}

describe('the log of a request', () => {
  const head = [
    'Request:',
    'POST /buy?now HTTP/1.1',
    'host: shop:81',
    'x-a: 1',
    'content-length: 9',
  ];

  it('is its head, and its body only if asked for', () => {
    expect(requestLines(createExchange(), 'headers')).toEqual([...head, '']);
    expect(requestLines(createExchange(), 'full')).toEqual([...head, '', '{"é":', '1}', '']);
  });
});

describe('the log of an answer', () => {
  it('is its head, and its body only if asked for', () => {
    const head = ['Response:', 'HTTP/1.1 200 OK', 'X-B: 2'];
    const exchange = answered(['X-B', '2'], 'hello');
    expect(answerLines(exchange, 'headers')).toEqual([...head, '']);
    expect(answerLines(exchange, 'full')).toEqual([...head, '', 'hello', '']);
  });

  it('gives the size of a compressed body instead of the body', () => {
    const lines = answerLines(answered(['Content-Encoding', 'gzip'], '12345'), 'full');
    expect(lines.slice(-3)).toEqual(['', '(5 bytes of gzip)', '']);
  });

  it('is the reason if there is no answer', () => {
    const exchange = createExchange();
    exchange.end({ code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' }, 1);
    expect(answerLines(exchange, 'full')).toEqual([
      'No response:',
      'POST http://shop:81/buy?now: connect ECONNREFUSED',
    ]);
  });
});
