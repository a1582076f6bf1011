import type { Socket } from 'node:net';
import fc from 'fast-check';
import { serveTcp, type TestServer } from './servers.ts';

/** The answer of a server to a request, and the end of the connection. */
export interface HostileAnswer {
  /** Written one by one, with turns of the event loop in between. */
  pieces: string[];
  /** After the pieces: nothing, the end of the connection, a reset, or the last piece again and again. */
  afterwards: 'silence' | 'close' | 'reset' | 'endless';
}

const status = fc.oneof(
  fc.integer({ min: 200, max: 599 }),
  fc.constantFrom(100, 101, 102, 103, 199, 204, 205, 304, 600, 999),
);

const statusLine = fc.oneof(
  { weight: 6, arbitrary: status.map((code) => `HTTP/1.1 ${code} Whatever`) },
  fc.constantFrom(
    'HTTP/1.0 200 OK',
    'HTTP/1.1 200',
    'HTTP/1.1  200 OK',
    'HTTP/1.1 2OO OK',
    'HTTP/1.1 -200 OK',
    'HTTP/1.1 200200200200200 OK',
    'HTTP/9.9 200 OK',
    'HTTP/2 200',
    'ICY 200 OK',
    'GET / HTTP/1.1',
    '',
    '\0\0\0\0',
  ),
);

const body = fc.oneof(
  fc.string({ unit: 'binary-ascii', maxLength: 200 }),
  fc.json(),
  fc.integer({ min: 1, max: 300_000 }).map((length) => 'x'.repeat(length)),
);

/** A body with headers that announce it, correctly or not. */
const framedBody = fc
  .tuple(
    body,
    fc.constantFrom<((text: string) => [header: string, text: string])[]>(
      (text) => [`content-length: ${text.length}\r\n`, text],
      (text) => [`content-length: ${text.length + 1}\r\n`, text],
      (text) => [`content-length: ${Math.max(0, text.length - 1)}\r\n`, text],
      (text) => [`content-length: ${text.length}\r\ncontent-length: 3\r\n`, text],
      (text) => [`content-length: ${text.length}, ${text.length}\r\n`, text],
      (text) => ['content-length: -1\r\n', text],
      (text) => ['content-length: 99999999999999999999999\r\n', text],
      (text) => ['content-length:\r\n', text],
      (text) => ['', text],
      (text) => ['transfer-encoding: chunked\r\n', `${chunk(text)}0\r\n\r\n`],
      (text) => ['transfer-encoding: chunked\r\n', `${chunk(text)}0\r\ntrailer: 1\r\n\r\n`],
      (text) => ['transfer-encoding: chunked\r\n', `${chunk(text)}zz\r\n`],
      (text) => ['transfer-encoding: chunked\r\n', `ffffffffffffffffff\r\n${text}`],
      (text) => ['transfer-encoding: chunked\r\n', chunk(text)],
      (text) => ['transfer-encoding: gzip, chunked\r\n', `${chunk(text)}0\r\n\r\n`],
      (text) => [
        `transfer-encoding: chunked\r\ncontent-length: ${text.length}\r\n`,
        `${chunk(text)}0\r\n\r\n`,
      ],
    ),
  )
  .map(([text, frame]) => frame(text));

function chunk(text: string): string {
  return text === '' ? '' : `${text.length.toString(16)}\r\n${text}\r\n`;
}

const otherHeaders = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'connection: close\r\n',
        'connection: keep-alive\r\nkeep-alive: timeout=0\r\n',
        'connection: upgrade\r\nupgrade: websocket\r\n',
        'content-type: application/json\r\n',
        'content-encoding: gzip\r\n',
        'set-cookie: a=1; Path=/\r\n',
        'set-cookie: ;;;===\r\n',
        'location: /elsewhere\r\n',
        'location: http://[\r\n',
        ' folded: header\r\n',
        'no colon\r\n',
        ': no name\r\n',
        'naïve: ü\r\n',
        'nul: \0\r\n',
        'bare\rreturn: 1\r\n',
        'bare\nfeed: 1\n',
      ),
      fc.integer({ min: 1, max: 200_000 }).map((length) => `huge: ${'h'.repeat(length)}\r\n`),
      fc.integer({ min: 1, max: 3_000 }).map((count) => 'many: headers\r\n'.repeat(count)),
    ),
    { maxLength: 4 },
  )
  .map((headers) => headers.join(''));

/** Text before the answer: mostly nothing, else interim answers, correct or not. */
const preamble = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  fc.constantFrom(
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 102 Processing\r\n\r\n',
    'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(20),
    'HTTP/1.1 103 Early Hints\r\ncontent-length: 5\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n',
    '\r\n\r\n',
  ),
);

/** Text after the answer. */
const junk = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  fc.constantFrom(
    'garbage',
    '\r\n',
    '\0',
    'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nstale',
    'HTTP/1.1 500 Stale\r\ncontent-length: 500000\r\n\r\n',
  ),
);

const whole = fc
  .tuple(preamble, statusLine, otherHeaders, framedBody, junk)
  .map(([before, line, headers, [announcement, text], after]) =>
    [before, line, '\r\n', headers, announcement, '\r\n', text, after].join(''),
  );

/** A complete answer, or one that is cut off, changed in the middle, or not HTTP at all. */
const bytes = fc.oneof(
  { weight: 4, arbitrary: whole },
  fc.tuple(whole, fc.double({ min: 0, max: 1, noNaN: true })).map(([text, share]) => {
    return text.slice(0, Math.floor(text.length * share));
  }),
  fc
    .tuple(whole, fc.double({ min: 0, max: 1, noNaN: true }), fc.string({ unit: 'binary-ascii' }))
    .map(([text, share, insertion]) => {
      const place = Math.floor(text.length * share);
      return text.slice(0, place) + insertion + text.slice(place);
    }),
  fc.string({ unit: 'binary-ascii' }),
);

export const hostileAnswer: fc.Arbitrary<HostileAnswer> = fc.record({
  pieces: fc
    .tuple(bytes, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }))
    .map(([text, shares]) => inPieces(text, shares)),
  afterwards: fc.constantFrom('silence', 'close', 'reset', 'endless'),
});

/** A correct answer, cut into pieces at any place, with the status and body that a client must read. */
export const honestAnswer: fc.Arbitrary<{ pieces: string[]; status: number; body: string }> = fc
  .record({
    code: fc.integer({ min: 200, max: 599 }).filter((code) => code !== 204 && code !== 304),
    body,
    chunked: fc.boolean(),
    interim: fc.boolean(),
    shares: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
  })
  .map(({ code, body: text, chunked, interim, shares }) => {
    const framed = chunked
      ? `transfer-encoding: chunked\r\n\r\n${chunk(text)}0\r\n\r\n`
      : `content-length: ${text.length}\r\n\r\n${text}`;
    const before = interim ? 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n' : '';
    const answer = `${before}HTTP/1.1 ${code} So\r\nx-name: value\r\n${framed}`;
    return { pieces: inPieces(answer, shares), status: code, body: text };
  });

function inPieces(text: string, shares: number[]): string[] {
  const cuts = shares.map((share) => Math.floor(text.length * share)).sort((a, b) => a - b);
  return [0, ...cuts].map((from, index) => text.slice(from, cuts[index]));
}

/**
 * Starts a server that sends `answers()[n]` to every request for a path that ends in `/n`, and an empty answer with
 * status 200 to any other request.
 */
export function serveHostile(answers: () => HostileAnswer[]): Promise<TestServer> {
  return serveTcp((socket) => {
    socket.on('data', (request) => {
      const index = /^\w+ \S*\/(\d+) /.exec(request.toString('latin1'))?.[1];
      const answer = answers()[Number(index)];
      if (answer) void play(socket, answer);
      else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
    });
  });
}

async function play(socket: Socket, { pieces, afterwards }: HostileAnswer): Promise<void> {
  for (const piece of pieces) {
    await turnsOfTheLoop(3);
    if (socket.destroyed) return;
    socket.write(piece, 'latin1');
  }
  if (afterwards === 'close') socket.end();
  if (afterwards === 'reset') socket.resetAndDestroy();
  while (afterwards === 'endless' && !socket.destroyed) {
    await turnsOfTheLoop(1);
    socket.write(pieces.at(-1) || 'x', 'latin1');
    if (socket.writableNeedDrain) await turnsOfTheLoop(5);
  }
}

async function turnsOfTheLoop(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
}
