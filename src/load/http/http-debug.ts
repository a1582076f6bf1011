import type { Exchange } from './exchange.ts';
import { encodeRequest } from './request-encoding.ts';

/** The part of requests and answers that is logged: all but the bodies, or all. */
export type HttpDebug = 'headers' | 'full';

/** The lines of a request as it is written to the socket. */
export function requestLines({ request }: Exchange, debug: HttpDebug): string[] {
  const { method, origin, path, headers, body } = request;
  const bytes = encodeRequest(method, path, new URL(origin).host, headers, body);
  const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('latin1');
  const [lines = ''] = text.split('\r\n\r\n', 1);
  return ['Request:', ...lines.split('\r\n'), ...bodyLines(body ?? '', debug)];
}

/** The lines of the answer, or the reason why there is none. */
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
      exchange.header('content-encoding') === undefined
        ? exchange.bytes()
        : compressedBody(exchange),
      debug,
    ),
  ];
}

/** Stands for a body that is not readable as text. */
const compressedBody = (exchange: Exchange): string =>
  `(${exchange.bytes().length} bytes of ${exchange.header('content-encoding')})`;

function bodyLines(body: string | Uint8Array, debug: HttpDebug): string[] {
  return debug === 'full' && body.length > 0 ? ['', ...textOf(body).split('\n'), ''] : [''];
}

const textOf = (content: string | Uint8Array): string =>
  typeof content === 'string' ? content : Buffer.from(content).toString('utf8');
