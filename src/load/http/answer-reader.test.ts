import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileAnswer } from '../testing/hostile-answers.ts';
import { AnswerReader } from './answer-reader.ts';

/** Reads all pieces, and returns the result before and after the end of the connection. */
function readAll(pieces: string[], method = 'GET') {
  const heads: unknown[] = [];
  let body = '';
  const reader = new AnswerReader();
  reader.begin(
    {
      onHead: (status, statusText, headers) => heads.push({ status, statusText, headers }),
      onBody(buffer, from, to, text) {
        const part = buffer.toString('latin1', from, to);
        expect(text ?? part).toBe(part);
        body += part;
      },
    },
    method,
  );
  for (const piece of pieces) {
    // A shared buffer still holds bytes of other answers, which must not be read as part of this one.
    reader.read(Buffer.from(`${piece}\r\n\r\n`, 'latin1'), piece.length);
  }
  const { state, keepsAlive } = reader;
  reader.finish();
  return { state, keepsAlive, whenClosed: reader.state, heads, body };
}

const read = (text: string, method?: string) => readAll([text], method);

describe('an answer', () => {
  it('is read in one piece as it is byte by byte', () => {
    fc.assert(
      fc.property(hostileAnswer, ({ pieces }) => {
        // Longer texts take no other paths through the reader, only more time.
        const text = pieces.join('').slice(0, 5_000);
        expect(readAll([...text])).toEqual(read(text));
      }),
      { numRuns: 500 },
    );
  });

  it('ends where its length says, and keeps the connection', () => {
    expect(read('HTTP/1.1 201 Created\r\nContent-Length: 2\r\nX-A:  b \r\n\r\n{}')).toEqual({
      state: 'complete',
      keepsAlive: true,
      whenClosed: 'complete',
      heads: [{ status: 201, statusText: 'Created', headers: ['Content-Length', '2', 'X-A', 'b'] }],
      body: '{}',
    });
  });

  it('may come after an interim one, its body by itself', () => {
    const heads = 'HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n';
    expect(readAll([heads, '{}'])).toMatchObject({ state: 'complete', body: '{}' });
    expect(readAll([`${heads}{`, '}'])).toMatchObject({ state: 'complete', body: '{}' });
  });

  it('comes in chunks, with extensions and trailers', () => {
    const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n';
    expect(read(`${chunked}3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\nx: y\r\n\r\n`)).toMatchObject({
      state: 'complete',
      keepsAlive: true,
      body: 'abc0123456789',
    });
    for (const wrong of [
      'x\r\n',
      '-1\r\n',
      '\r\n',
      '1\r\nabc\r\n',
      '1\na\r\n',
      '1e999999999999\r\n',
    ]) {
      expect([wrong, read(chunked + wrong).state]).toEqual([wrong, 'malformed']);
    }
  });

  it('without a length, ends with the connection', () => {
    expect(read('HTTP/1.1 200\r\n\r\nall there is')).toMatchObject({
      state: 'body until close',
      keepsAlive: false,
      whenClosed: 'complete',
      body: 'all there is',
    });
  });

  it('has no body after HEAD, and none with status 204 or 304', () => {
    const head = 'content-length: 5\r\n\r\n';
    expect(read(`HTTP/1.1 200 OK\r\n${head}`, 'HEAD').state).toBe('complete');
    expect(read(`HTTP/1.1 304 Not Modified\r\n${head}`).state).toBe('complete');
    expect(read('HTTP/1.1 204 No Content\r\n\r\n').state).toBe('complete');
  });

  it('may follow interim answers', () => {
    expect(
      read('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 So\r\na: b\r\n\r\nHTTP/1.1 204 Done\r\n\r\n'),
    ).toMatchObject({ state: 'complete', heads: [{ status: 204 }] });
    expect(read('HTTP/1.1 101 Switching Protocols\r\n\r\n').state).toBe('malformed');
  });

  it('ends the connection if it says so, is HTTP/1.0, or is followed by other bytes', () => {
    const keepsAlive = (text: string): boolean => read(text).keepsAlive;
    expect(keepsAlive('HTTP/1.1 204 No\r\nConnection: Close\r\n\r\n')).toBe(false);
    expect(keepsAlive('HTTP/1.0 204 No\r\n\r\n')).toBe(false);
    expect(keepsAlive('HTTP/1.0 204 No\r\nConnection: Keep-Alive\r\n\r\n')).toBe(true);
    expect(keepsAlive('HTTP/1.1 204 No\r\n\r\nHTTP/1.1 200 OK\r\n')).toBe(false);
  });

  it('is malformed if it could be read in two ways or never ends', () => {
    for (const text of [
      'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n',
      'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n',
      'HTTP/1.1 200 OK\r\nname : value\r\n\r\n',
      'HTTP/1.1 200 OK\r\n folded: yes\r\n\r\n',
      'HTTP/1.1 20 OK\r\n\r\n',
      'HTTP/2 200\r\n\r\n',
      'SSH-2.0',
      `HTTP/1.1 200 OK\r\nendless: ${'x'.repeat(1_100_000)}`,
    ]) {
      expect([text.slice(0, 80), read(text).state]).toEqual([text.slice(0, 80), 'malformed']);
    }
  });
});
