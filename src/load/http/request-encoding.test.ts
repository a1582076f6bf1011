import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRequest } from './request-encoding.ts';

const text = (bytes: string | Uint8Array): string =>
  typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('latin1');

describe('a request on the wire', () => {
  it('has the given parts, a host and a length', () => {
    expect(encodeRequest('POST', '/a?b', 'shop:80', ['x', '1', 'y', 'ü'], '{"a":1}')).toBe(
      'POST /a?b HTTP/1.1\r\nhost: shop:80\r\nx: 1\r\ny: ü\r\ncontent-length: 7\r\n\r\n{"a":1}',
    );
    expect(encodeRequest('GET', '/', 'h', [], null)).toBe('GET / HTTP/1.1\r\nhost: h\r\n\r\n');
    expect(encodeRequest('PUT', '/', 'h', [], null)).toMatch(/content-length: 0\r\n\r\n$/);
  });

  it('counts the bytes of a body, not its characters', () => {
    const bytes = Buffer.from(encodeRequest('POST', '/', 'h', ['a', 'ü'], 'größe €') as Uint8Array);
    expect(bytes.toString('latin1')).toMatch(/a: ü\r\ncontent-length: 11\r\n\r\n/);
    expect(bytes.subarray(-11).toString('utf8')).toBe('größe €');
    expect(text(encodeRequest('POST', '/', 'h', [], new Uint8Array([65, 255])))).toMatch(/\r\nAÿ$/);
  });

  it('takes the host of the script, and ignores its length', () => {
    const headers = ['Host', 'other', 'Content-Length', '99', 'Transfer-Encoding', 'chunked'];
    expect(encodeRequest('POST', '/', 'h', headers, 'ab')).toBe(
      'POST / HTTP/1.1\r\nHost: other\r\ncontent-length: 2\r\n\r\nab',
    );
  });

  it('never becomes two requests: parts that would do so are refused', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('a\r\nb: c', 'a\nb', 'a\r\n\r\nGET / HTTP/1.1\r\n', '\u010a', 'a b', ''),
    );
    fc.assert(
      fc.property(part, part, part, part, fc.string(), (method, path, name, value, body) => {
        let encoded: string;
        try {
          encoded = text(encodeRequest(method, path, 'h', [name, value], body));
        } catch {
          return;
        }
        const [head = '', ...rest] = encoded.split('\r\n\r\n');
        const lines = head.split('\r\n');
        expect(lines[0]).toBe(`${method} ${path} HTTP/1.1`);
        expect(lines.length).toBeLessThanOrEqual(4);
        expect(head).not.toMatch(/[\0]|\r(?!\n)|(?<!\r)\n/);
        expect(Buffer.from(rest.join('\r\n\r\n'), 'latin1').toString('utf8')).toBe(body);
      }),
      { numRuns: 1_000 },
    );
  });
});
