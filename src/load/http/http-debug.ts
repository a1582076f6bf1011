import type { Exchange } from './exchange.ts';
import { encodeRequest } from './request-encoding.ts';

/** How much of each request and answer is told: all but the bodies, or all. */
export type HttpDebug = 'headers' | 'full';

/** A request as it goes over the wire, a line each. */
export function requestLines({ request }: Exchange, debug: HttpDebug): string[] {
  const { method, origin, path, headers, body } = request;
  const bytes = encodeRequest(method, path, new URL(origin).host, headers, body);
  const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('latin1');
  const [lines = ''] = text.split('\r\n\r\n', 1);
  return ['Request:', ...lines.split('\r\n'), ...bodyLines(body ?? '', debug)];
}

/** What came back, or why nothing did. */
export function answerLines(exchange: Exchange, debug: HttpDebug): string[] {
  const { failure, request, status, statusText } = exchange;
  if (failure) {
    return [
      'No response:',
      `${request.method} ${request.origin}${request.path}: ${failure.message}`,
    ];
  }
  return [
    'Response:',
    `HTTP/1.1 ${status} ${statusText}`.trimEnd(),
    ...exchange.headers().map(([name, value]) => `${name}: ${value}`),
    ...bodyLines(
      exchange.header('content-encoding') === undefined ? exchange.bytes() : unread(exchange),
      debug,
    ),
  ];
}

const unread = (exchange: Exchange): string =>
  `(${exchange.bytes().length} bytes of ${exchange.header('content-encoding')})`;

function bodyLines(body: string | Uint8Array, debug: HttpDebug): string[] {
  return debug === 'full' && body.length > 0 ? ['', ...textOf(body).split('\n'), ''] : [''];
}

const textOf = (content: string | Uint8Array): string =>
  typeof content === 'string' ? content : Buffer.from(content).toString('utf8');
