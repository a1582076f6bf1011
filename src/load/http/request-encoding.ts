import { rememberLastOfLength } from '../../kernel/last-of-length.ts';
import { createRecentMap } from '../../kernel/recent-map.ts';

const METHOD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const HEADER_NAME = METHOD;
const NOT_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
const NOT_IN_PATH = /[^\x21-\x7e]/;

/** Only the engine sets these headers, because they depend on how it sends the body. */
const OWN_HEADERS = new Set(['content-length', 'transfer-encoding', 'trailer']);
const METHODS_WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);

/**
 * Encodes a request for the socket. The result is a string of one character per byte where that is possible, because one
 * write of a string is the cheapest write.
 *
 * @throws Error for a part that HTTP cannot express, so that no value of a script can inject a header or a request
 */
export function encodeRequest(
  method: string,
  path: string,
  host: string,
  headers: string[],
  body: string | Uint8Array | null,
): string | Uint8Array {
  let lines = '';
  let ownHost = false;
  for (let i = 0; i < headers.length; i += 2) {
    const value = headers[i + 1] as string;
    const header = headerOf(headers[i] as string);
    if (value !== header.lastValue) {
      if (NOT_IN_VALUE.test(value)) {
        throw new Error(`the header "${headers[i]}" holds a forbidden character`);
      }
      header.lastValue = value;
    }
    if (header.isSetByEngine) continue;
    if (header.isHost) ownHost = true;
    lines += header.linePrefix + value;
  }
  const length = body === null ? 0 : Buffer.byteLength(body);
  if (body !== null || METHODS_WITH_BODY.has(method)) lines += `\r\ncontent-length: ${length}`;
  const hostLine = ownHost ? '' : `\r\nhost: ${host}`;
  const head = `${checkedMethod(method)} ${checkedPath(path)} HTTP/1.1${hostLine}${lines}\r\n\r\n`;
  if (body === null) return head;
  // A body with as many bytes as characters is pure ASCII.
  if (typeof body === 'string' && body.length === length) return head + body;
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]);
}

const checkedMethod = rememberLastOfLength(8, (method) => {
  if (!METHOD.test(method)) throw new Error(`"${method}" is not an HTTP method`);
  if (method === 'CONNECT') throw new Error('CONNECT is not supported');
  return method;
});

const checkedPath = rememberLastOfLength(64, (path) => {
  if (NOT_IN_PATH.test(path)) throw new Error(`"${path}" cannot be part of a request line`);
  return path;
});

/** The properties of a header name, remembered because a load sends the same few names in all requests. */
const headerOf = createRecentMap(1_000, (name) => {
  if (!HEADER_NAME.test(name)) throw new Error(`"${name}" is not the name of a header`);
  const lowerCase = name.toLowerCase();
  return {
    linePrefix: `\r\n${name}: `,
    isSetByEngine: OWN_HEADERS.has(lowerCase),
    isHost: lowerCase === 'host',
    /** A value that was found to be without forbidden characters; most headers have one value for the whole load. */
    lastValue: '',
  };
});
