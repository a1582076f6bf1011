import { describe, expect, it } from 'vitest';
import { ABORTED, BAD_REDIRECT, Exchange, OVERSIZED_ANSWER } from './exchange.ts';

function createExchange() {
  const seen: string[] = [];
  const clock = { nowMs: 10 };
  const exchange = new Exchange(
    { method: 'GET', origin: 'http://h', path: '/', headers: [], body: null, timeoutMs: 1_000 },
    { beforeWrite: () => seen.push('written'), ended: () => seen.push('ended') },
    () => clock.nowMs,
  );
  return { exchange, seen, clock };
}

const add = (exchange: Exchange, text: string): void =>
  exchange.onBody(Buffer.from(`<${text}>`), 1, Buffer.byteLength(text) + 1);

describe('an exchange', () => {
  it('keeps the moments, the head and the parts of the body', () => {
    const { exchange, seen, clock } = createExchange();
    exchange.start({ peer: undefined, break: () => {} });
    clock.nowMs = 11;
    exchange.beforeWrite();
    clock.nowMs = 12;
    exchange.onSent();
    exchange.onBytes(15);
    exchange.onBytes(16);
    exchange.onHead(200, 'OK', ['X-A', '1', 'x-a', '2']);
    add(exchange, '{"a":');
    add(exchange, '"é"}');
    exchange.end(undefined, 17);

    const { calledAtMs, writtenAtMs, sentAtMs, answeredAtMs, endedAtMs } = exchange;
    expect([calledAtMs, writtenAtMs, sentAtMs, answeredAtMs, endedAtMs]).toEqual([
      10, 11, 12, 15, 17,
    ]);
    expect([exchange.status, exchange.text()]).toEqual([200, '{"a":"é"}']);
    expect(exchange.json()).toEqual({ a: 'é' });
    expect(exchange.header('x-a')).toBe('1');
    expect(exchange.header('x-b')).toBeUndefined();
    expect(exchange.headers()).toEqual([
      ['X-A', '1'],
      ['x-a', '2'],
    ]);
    expect(seen).toEqual(['written', 'ended']);
  });

  it('discards the answer when it ends with a failure, and ends only once', () => {
    const { exchange, seen } = createExchange();
    exchange.onHead(200, 'OK', []);
    add(exchange, 'part');
    exchange.end({ code: 'ECONNRESET', message: 'reset' }, 12);
    exchange.end(undefined, 13);
    exchange.cancel(ABORTED, 'too late');

    expect([exchange.status, exchange.statusText, exchange.text()]).toEqual([0, '', '']);
    expect([exchange.failure?.code, exchange.endedAtMs]).toEqual(['ECONNRESET', 12]);
    expect(seen).toEqual(['ended']);
  });

  it.each([
    ['ASCII at once', ['plain']],
    ['ASCII before more of it', ['pla', 'in']],
    ['ASCII before other text', ['plain ', 'é']],
    ['other text before ASCII', ['\ufeffé', ' plain']],
    ['more ASCII than is read as text', ['x'.repeat(5_000), 'y']],
  ])(
    'has the same body as text, as bytes, in another thread and after a failure: %s',
    (_, parts) => {
      const body = parts.join('');
      const ended = (failure?: { code: string; message: string }) => {
        const { exchange } = createExchange();
        exchange.onHead(200, 'OK', []);
        for (const part of parts) add(exchange, part);
        exchange.end(failure, 12);
        return exchange;
      };
      const exchange = ended();
      expect([exchange.text(), exchange.bytes().toString(), exchange.text()]).toEqual([
        body,
        body,
        body,
      ]);
      expect(Exchange.unpack(ended().pack(true)).text()).toBe(body);
      const cutOff = ended({ code: 'ECONNRESET', message: 'reset' });
      expect(cutOff.partialBody()?.toString()).toBe(body);
      expect(Exchange.unpack(cutOff.pack(true)).partialBody()?.toString()).toBe(body);
    },
  );

  it('has nothing of an answer that arrived as a whole and is of no use', () => {
    const { exchange } = createExchange();
    exchange.onHead(302, 'Found', ['location', 'gopher:']);
    add(exchange, 'moved');
    exchange.end(undefined, 12);
    exchange.reject({ code: BAD_REDIRECT, message: 'gopher: is no URL of HTTP' });
    expect([exchange.text(), exchange.partialBody()]).toEqual(['', undefined]);
  });

  it('is cancelled by its connection if it has one, and else by itself', () => {
    const { exchange } = createExchange();
    const broken: string[] = [];
    exchange.start({ peer: undefined, break: ({ code }) => broken.push(code) });
    exchange.cancel(ABORTED, 'the run ended');
    expect([broken, exchange.endedAtMs]).toEqual([[ABORTED], 0]);

    const { exchange: unsent } = createExchange();
    unsent.cancel(ABORTED, 'the run ended');
    expect([unsent.failure?.code, unsent.endedAtMs]).toEqual([ABORTED, 10]);
  });

  it('is cancelled when the body exceeds 128 MiB', () => {
    const { exchange } = createExchange();
    const part = Buffer.alloc(64 * 1024 * 1024);
    exchange.onBody(part, 0, part.length);
    exchange.onBody(part, 0, part.length);
    expect(exchange.failure).toBeUndefined();
    exchange.onBody(part, 0, 1);
    expect(exchange.failure?.code).toBe(OVERSIZED_ANSWER);
  });

  it('has no JSON if the body is none, and no peer without a connection', () => {
    const { exchange } = createExchange();
    add(exchange, '{');
    expect(exchange.json()).toBeUndefined();
    expect(exchange.peer()).toEqual({ ip: '', port: 0, tlsVersion: '', tlsCipherSuite: '' });
  });
});
