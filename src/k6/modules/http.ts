import { randomBytes } from 'node:crypto';
import type { CallListener, CallRequest, CallResult } from '../../load/calls/call-request.ts';
import { RequestError } from '../../load/http/request-error.ts';
import { separateCredentials } from '../../load/http/url.ts';
import { IterationInterrupted } from '../../load/schedule/iteration.ts';
import type { Vu } from '../../load/vu/vu.ts';
import { answerDigestChallenge } from '../http/digest.ts';
import {
  type HttpParams,
  type HttpUrl,
  type ResponseType,
  responseTypeOf,
  type StatusTest,
  toCallRequest,
} from '../http/http-params.ts';
import { FileData } from '../http/multipart.ts';
import { guardMembers, PendingResponse } from '../http/pending-response.ts';
import { Response, type SendRequest } from '../http/response.ts';
import { ScriptCookieJar } from '../http/script-cookie-jar.ts';
import type { K6Module } from './module.ts';

type Url = string | HttpUrl;
type Params = HttpParams | null;

/** `k6/http`. Every call answers with a promise that scripts await; in k6 awaiting its plain answer changes nothing. */
export const httpModule: K6Module = (vu) => {
  const send: SendRequest = (method, url, body, params) =>
    request(vu, send, method, url, body, params);
  const withBody =
    (method: string) =>
    (url: Url, body?: unknown, params?: Params): Promise<unknown> =>
      send(method, url, body, params);
  const withoutBody =
    (method: string) =>
    (url: Url, params?: Params): Promise<unknown> =>
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
    asyncRequest: anyMethod,
    batch: (requests: BatchRequests) => batch(vu, send, requests),
    url: nameUrl,
    expectedStatuses,
    setResponseCallback(test: StatusTest | null): void {
      if (test !== null && typeof test !== 'function') {
        throw new TypeError('setResponseCallback takes http.expectedStatuses(…) or null');
      }
      vu.expectedStatus = test;
    },
    cookieJar(): ScriptCookieJar {
      if (vu.initializing) throw new Error('the cookie jar of a VU exists in scenarios only');
      return new ScriptCookieJar(vu.cookies);
    },
    CookieJar: ScriptCookieJar,
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

function request(
  vu: Vu,
  send: SendRequest,
  method: string,
  url: Url,
  body: unknown,
  params: Params | undefined,
): Promise<unknown> {
  assertMaySend(vu);
  const call = toCallRequest(vu, method, url, body, params);
  const settler = new ResponseSettler(vu, send, call, params);
  // Basic authentication goes by the credentials in the URL alone, as in k6.
  if (params?.auth === 'digest') sendTwice(vu, call, settler);
  else vu.calls.send(call, settler);
  return settler.pending;
}

/** Digest authentication: the first answer is the server's challenge, and expected to be; as in k6, both are requests. */
function sendTwice(vu: Vu, call: CallRequest, listener: CallListener): void {
  const { url, credentials } = separateCredentials(call.url);
  const first = {
    ...call,
    url,
    isExpected: call.isExpected && ((status: number) => status === 401),
  };
  vu.calls.send(first, {
    failed: (error) => listener.failed(error),
    done(result) {
      const { exchange } = result;
      const challenge = exchange.header('www-authenticate');
      const authorization =
        exchange.status === 401 && challenge !== undefined && credentials
          ? answerDigestChallenge(challenge, credentials, {
              method: exchange.request.method,
              target: exchange.request.path,
              clientNonce: randomBytes(8).toString('hex'),
            })
          : undefined;
      if (authorization === undefined) listener.done(result);
      else vu.calls.send({ ...call, url, headers: { ...call.headers, authorization } }, listener);
    },
  });
}

/** Settles the promise of a response. */
class ResponseSettler implements CallListener {
  readonly pending: Promise<unknown>;
  private readonly request: CallRequest;
  private readonly responseType: ResponseType;
  private readonly throws: boolean;
  private readonly send: SendRequest;
  private resolve!: (response: Response) => void;
  private reject!: (error: unknown) => void;

  constructor(vu: Vu, send: SendRequest, request: CallRequest, params: Params | undefined) {
    this.send = send;
    this.request = request;
    this.responseType = responseTypeOf(vu, params);
    this.throws = params?.throw ?? vu.http.throwOnFailure;
    this.pending = new PendingResponse((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  done(result: CallResult): void {
    const { request } = this;
    const response = new Response(result, request, this.responseType, this.send);
    if (this.throws && response.error_code !== 0) {
      const why = response.error || response.status_text;
      this.reject(new RequestError(`${request.method} ${request.url} failed: ${why}`));
    } else {
      this.resolve(response);
    }
  }

  failed(error: unknown): void {
    this.reject(error);
    // When a turn is cut short, nobody has to be listening: a script may have forgotten to await.
    if (error instanceof IterationInterrupted) this.pending.catch(() => {});
  }
}

/** One request of a batch: a URL, `[method, url, body, params]`, or an object of the same. */
type BatchRequest =
  | Url
  | [method: string, url: Url, body?: unknown, params?: Params]
  | { method: string; url: Url; body?: unknown; params?: Params };
type BatchRequests = BatchRequest[] | Record<string, BatchRequest>;

/** Sends requests side by side, within the options' limits; answers in the shape they were given in. */
function batch(vu: Vu, send: SendRequest, requests: BatchRequests): Promise<unknown> {
  assertMaySend(vu);
  const entries = Object.entries(requests);
  const answers: Record<string, unknown> = {};
  const queue = entries.map(([key, each]) => ({ key, ...readBatchRequest(each) }));
  const inFlightOfHost = new Map<string, number>();

  /** Takes the next request whose host has room, until there is none. */
  async function work(): Promise<void> {
    for (;;) {
      const index = queue.findIndex(
        ({ host }) => (inFlightOfHost.get(host) ?? 0) < vu.http.batchPerHostMax,
      );
      const [next] = index < 0 ? [] : queue.splice(index, 1);
      if (!next) return;
      inFlightOfHost.set(next.host, (inFlightOfHost.get(next.host) ?? 0) + 1);
      try {
        answers[next.key] = await send(next.method, next.url, next.body, next.params);
      } finally {
        inFlightOfHost.set(next.host, (inFlightOfHost.get(next.host) ?? 0) - 1);
      }
    }
  }

  const workers = Array.from({ length: Math.min(vu.http.batchMax, queue.length) }, work);
  const all = Promise.all(workers).then(() =>
    Array.isArray(requests) ? entries.map(([key]) => answers[key]) : answers,
  );
  guardMembers(
    all,
    entries.map(([key]) => key),
  );
  return all;
}

function readBatchRequest(each: BatchRequest): {
  method: string;
  url: Url;
  host: string;
  body?: unknown;
  params?: Params;
} {
  if (Array.isArray(each)) {
    const [method, url, body, params] = each;
    return { method: method.toUpperCase(), url, host: hostOf(url), body, params };
  }
  if (typeof each === 'object' && 'method' in each) {
    return { ...each, method: each.method.toUpperCase(), host: hostOf(each.url) };
  }
  return { method: 'GET', url: each, host: hostOf(each) };
}

function hostOf(url: Url): string {
  const text = typeof url === 'string' ? url : url.url;
  return URL.canParse(text) ? new URL(text).host : text;
}

/** Tagged template: the URL with its values, under a name with the values left out. */
function nameUrl(strings: TemplateStringsArray, ...values: unknown[]): HttpUrl {
  return {
    url: String.raw({ raw: strings }, ...values),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: k6 writes the gaps of a name so.
    name: strings.join('${}'),
  };
}

type StatusRange = number | { min: number; max: number };

function expectedStatuses(...ranges: StatusRange[]): StatusTest {
  for (const range of ranges) {
    const valid =
      typeof range === 'number' ||
      (typeof range?.min === 'number' && typeof range?.max === 'number');
    if (!valid) {
      throw new TypeError('expectedStatuses takes status codes and { min, max } objects');
    }
  }
  return (status) =>
    ranges.some((range) =>
      typeof range === 'number' ? status === range : status >= range.min && status <= range.max,
    );
}
