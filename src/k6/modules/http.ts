import type { Vu } from '../../load/vu/vu.ts';
import { type BatchRequests, sendBatch } from '../http/batch.ts';
import { expectedStatuses, statusTestOf } from '../http/expected-statuses.ts';
import type { HttpParams, HttpUrl } from '../http/http-params.ts';
import { FileData } from '../http/multipart.ts';
import type { SendRequest } from '../http/response.ts';
import { ScriptCookieJar } from '../http/script-cookie-jar.ts';
import { sendBeside, sendRequest } from '../http/send-request.ts';
import { callableClass } from '../runtime/callable-class.ts';
import type { K6Module } from './module.ts';

type Url = string | HttpUrl;
type Params = HttpParams | null;

/**
 * `k6/http`. Where calls do not block, every request returns a promise; k6's functions block and return the response.
 */
export const httpModule: K6Module = (vu) => {
  const send: SendRequest = (method, url, body, params) => {
    assertMaySend(vu);
    return sendRequest(vu, send, method, url, body, params);
  };
  const withBody =
    (method: string) =>
    (url: Url, body?: unknown, params?: Params): unknown =>
      send(method, url, body, params);
  const withoutBody =
    (method: string) =>
    (url: Url, params?: Params): unknown =>
      send(method, url, null, params);
  const anyMethod = (method: string, url: Url, body?: unknown, params?: Params) =>
    send(method.toUpperCase(), url, body, params);

  return {
    get: withoutBody('GET'),
    head: withoutBody('HEAD'),
    post: withBody('POST'),
    put: withBody('PUT'),
    patch: withBody('PATCH'),
    del: withBody('DELETE'),
    options: withBody('OPTIONS'),
    request: anyMethod,
    asyncRequest(method: string, url: Url, body?: unknown, params?: Params): Promise<unknown> {
      assertMaySend(vu);
      return sendBeside(vu, send, method.toUpperCase(), url, body, params);
    },
    batch(requests: BatchRequests): unknown {
      assertMaySend(vu);
      return sendBatch(vu, send, requests);
    },
    url: nameUrl,
    expectedStatuses,
    setResponseCallback(test: unknown): void {
      vu.expectedStatus = statusTestOf(test);
    },
    cookieJar(): ScriptCookieJar {
      if (vu.initializing) throw new Error('the cookie jar of a VU exists in scenarios only');
      return new ScriptCookieJar(vu.cookies);
    },
    CookieJar: callableClass(ScriptCookieJar),
    TLS_1_0: 'tls1.0',
    TLS_1_1: 'tls1.1',
    TLS_1_2: 'tls1.2',
    TLS_1_3: 'tls1.3',
    file: (
      data: FileData['data'],
      filename = String(Date.now()),
      contentType = 'application/octet-stream',
    ) => new FileData(data, filename, contentType),
  };
};

function assertMaySend(vu: Vu): void {
  if (!vu.initializing) return;
  throw new Error('requests cannot be sent in init code; send them in setup() or in a scenario');
}

/** `http.url`, a tagged template: the URL with its values, and a name in which `${}` stands for each value. */
function nameUrl(strings: TemplateStringsArray, ...values: unknown[]): HttpUrl {
  return {
    url: String.raw({ raw: strings }, ...values),
    name: strings.join('\x24{}'),
  };
}
