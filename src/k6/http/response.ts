import type { CallRequest, CallResult } from '../../load/calls/call-request.ts';
import { errorCodeOf, errorTextOf } from '../../load/http/error-codes.ts';
import type { Exchange } from '../../load/http/exchange.ts';
import { type Timings, timingsOf } from '../../load/metrics/http-metrics.ts';
import { parsePage } from '../html/page.ts';
import type { Selection } from '../html/selection.ts';
import { type FormChoice, followForm, followLink, type LinkChoice } from './follow.ts';
import type { HttpParams, HttpUrl, ResponseType } from './http-params.ts';
import { selectJson } from './json-selector.ts';
import { groupHeaders, joinHeaders, setCookiesOf } from './response-headers.ts';

/** Answers without a body by their status: k6 has null for it. */
const BODILESS = [204, 304];

/** Sends a request with the arguments of `http.request`; answers with the response, or with a promise of it. */
export type SendRequest = (
  method: string,
  url: string | HttpUrl,
  body?: unknown,
  params?: HttpParams | null,
) => unknown;

/**
 * k6's `Response`. Every field but status and URL is computed when a script reads it: most scripts read two fields of each
 * response, and decoding the rest would cost more than sending the request.
 */
export class Response {
  readonly status: number;
  readonly url: string;
  readonly #exchange: Exchange;
  readonly #request: CallRequest;
  readonly #responseType: ResponseType;
  readonly #send: SendRequest;
  #page: Selection | undefined;
  #headers: Record<string, string> | undefined;

  constructor(
    { url, exchange }: CallResult,
    request: CallRequest,
    responseType: ResponseType,
    send: SendRequest,
  ) {
    this.status = exchange.status;
    this.url = url;
    this.#exchange = exchange;
    this.#request = request;
    this.#responseType = responseType;
    this.#send = send;
  }

  get status_text(): string {
    return this.status === 0 ? '' : `${this.status} ${this.#exchange.statusText}`;
  }

  get body(): string | ArrayBuffer | null {
    if (this.#responseType === 'none' || this.status === 0 || BODILESS.includes(this.status))
      return null;
    if (this.#responseType === 'binary') return new Uint8Array(this.#exchange.bytes()).buffer;
    return this.#exchange.text();
  }

  /**
   * The body as JSON, or the value that `selector` finds in it. With a selector it is undefined if nothing is found or the
   * body is no JSON; without one it throws for a body that is no JSON.
   */
  json(selector?: string | number): unknown {
    if (this.#responseType === 'none') {
      throw new Error(
        'json() needs a body, but the request asked to drop it (responseType "none" or discardResponseBodies)',
      );
    }
    const value = this.#exchange.json();
    if (value === undefined) {
      if (selector !== undefined && this.body !== null) return undefined;
      throw new Error(
        `the body of ${this.#request.method} ${this.url} (status ${this.status}) is not JSON`,
      );
    }
    return selector === undefined ? value : selectJson(value, String(selector));
  }

  /** The body as HTML, or the nodes that `selector` finds in it. The body is parsed once. */
  html(selector?: string): Selection {
    this.#page ??= this.#parsePage();
    return selector === undefined ? this.#page : this.#page.find(selector);
  }

  #parsePage(): Selection {
    const { body } = this;
    if (body === null) {
      throw new Error(
        "the body is null so we can't transform it to HTML - this likely was because of a request error getting the response",
      );
    }
    return parsePage(
      typeof body === 'string' ? body : Buffer.from(body).toString('utf8'),
      this.url,
    );
  }

  /** Sends the request that a click on a link of the page would send. */
  clickLink({ params, ...choice }: LinkChoice & { params?: HttpParams } = {}): unknown {
    const { method, url, body } = followLink(this.html(), choice);
    return this.#send(method, url, body, params);
  }

  /** Sends the request that submitting a form of the page would send. */
  submitForm({ params, ...choice }: FormChoice & { params?: HttpParams } = {}): unknown {
    const { method, url, body } = followForm(this.html(), choice);
    return this.#send(method, url, body, params);
  }

  /**
   * The headers by their canonical names (`Content-Type`). The values of a repeated header are joined by commas. Always
   * the same object, for scripts may add to it.
   */
  get headers(): Record<string, string> {
    this.#headers ??= joinHeaders(this.#exchange.headers());
    return this.#headers;
  }

  /** The cookies that the answer sets, by their names. */
  get cookies(): Record<string, object[]> {
    return setCookiesOf(this.#exchange.headers());
  }

  get error(): string {
    return errorTextOf(this.#exchange);
  }

  get error_code(): number {
    return errorCodeOf(this.#exchange);
  }

  get timings(): Timings & { looking_up: number } {
    // The time to look up a name is part of `connecting`.
    return { ...timingsOf(this.#exchange), looking_up: 0 };
  }

  get proto(): string {
    return this.status === 0 ? '' : 'HTTP/1.1';
  }

  get remote_ip(): string {
    return this.#exchange.peer().ip;
  }

  get remote_port(): number {
    return this.#exchange.peer().port;
  }

  get tls_version(): string {
    return this.#exchange.peer().tlsVersion;
  }

  get tls_cipher_suite(): string {
    return this.#exchange.peer().tlsCipherSuite;
  }

  /** The request as the script made it, with the headers that were sent last. */
  get request(): object {
    const { method, url, body } = this.#request;
    return {
      method,
      url,
      body: typeof body === 'string' ? body : '',
      headers: groupHeaders(this.#exchange.request.headers),
      cookies: {},
    };
  }

  /** The fields that `JSON.stringify` and `console.log` show. */
  toJSON(): object {
    const { status, status_text, url, error, error_code, proto, remote_ip, remote_port } = this;
    const { headers, cookies, timings, request, body, tls_version, tls_cipher_suite } = this;
    return {
      ...{ remote_ip, remote_port, url, status, status_text, proto, headers, cookies },
      ...{ body, timings, tls_version, tls_cipher_suite, error, error_code, request },
    };
  }
}
