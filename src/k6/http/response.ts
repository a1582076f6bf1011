import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { CallRequest, CallResult } from '../../load/calls/call-request.ts';
import { errorCodeOf, errorTextOf } from '../../load/http/error-codes.ts';
import type { Exchange } from '../../load/http/exchange.ts';
import { cookieText, parseCookieDate, parseSetCookie } from '../../load/http/set-cookie.ts';
import { type Timings, timingsOf } from '../../load/metrics/http-metrics.ts';
import { parsePage } from '../html/page.ts';
import type { Selection } from '../html/selection.ts';
import { type FormChoice, followForm, followLink, type LinkChoice } from './follow.ts';
import type { HttpParams, HttpUrl, ResponseType } from './http-params.ts';
import { selectJson } from './json-selector.ts';

/** Sends a request as `http.request` does. */
export type SendRequest = (
  method: string,
  url: string | HttpUrl,
  body?: unknown,
  params?: HttpParams | null,
) => Promise<unknown>;

/**
 * An answer as k6 scripts know it. Everything but the status is worked out when it is asked for: most scripts look at
 * two fields of each answer, and decoding the rest would cost more than sending the request.
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
    if (this.#responseType === 'none' || this.status === 0 || this.status === 204) return null;
    const unpacked = this.#unpacked();
    if (unpacked === null) return null;
    if (this.#responseType === 'binary') {
      return new Uint8Array(unpacked ?? this.#exchange.bytes()).buffer;
    }
    return unpacked ? unpacked.toString('utf8') : this.#exchange.text();
  }

  /** The body as JSON, or what `selector` picks out of it: undefined where it finds nothing, as in what is no JSON. */
  json(selector?: string): unknown {
    if (this.#responseType === 'none') {
      throw new Error('json() needs a body, but this response was told to drop it');
    }
    const unpacked = this.#unpacked();
    const value =
      unpacked === undefined ? this.#exchange.json() : parseJson(unpacked?.toString('utf8') ?? '');
    if (value === undefined) {
      if (selector !== undefined && this.body !== null) return undefined;
      throw new Error(
        `the body of ${this.#request.method} ${this.url} (status ${this.status}) is not JSON`,
      );
    }
    return selector === undefined ? value : selectJson(value, selector);
  }

  /** The body as HTML, or what `selector` finds in it. It is parsed once. */
  html(selector?: string): Selection {
    this.#page ??= this.#parsed();
    return selector === undefined ? this.#page : this.#page.find(selector);
  }

  #parsed(): Selection {
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

  clickLink({ params, ...choice }: LinkChoice & { params?: HttpParams } = {}): Promise<unknown> {
    const { method, url, body } = followLink(this.html(), choice);
    return this.#send(method, url, body, params);
  }

  submitForm({ params, ...choice }: FormChoice & { params?: HttpParams } = {}): Promise<unknown> {
    const { method, url, body } = followForm(this.html(), choice);
    return this.#send(method, url, body, params);
  }

  /** By their canonical names (`Content-Type`); values of repeated headers are joined by commas. Scripts may add to them. */
  get headers(): Record<string, string> {
    this.#headers ??= this.#joinedHeaders();
    return this.#headers;
  }

  #joinedHeaders(): Record<string, string> {
    const headers: Record<string, string> = {};
    for (const [name, value] of this.#exchange.headers()) {
      const canonical = canonicalName(name);
      const before = headers[canonical];
      headers[canonical] = before === undefined ? value : `${before}, ${value}`;
    }
    return headers;
  }

  get cookies(): Record<string, object[]> {
    const cookies = new Map<string, object[]>();
    for (const [name, value] of this.#exchange.headers()) {
      const cookie = name.toLowerCase() === 'set-cookie' ? parseSetCookie(value) : undefined;
      if (!cookie) continue;
      const { attributes } = cookie;
      const ofName = cookies.get(cookie.name) ?? [];
      cookies.set(cookie.name, ofName);
      ofName.push({
        name: cookie.name,
        value: cookieText(cookie.value),
        domain: attributes.get('domain') ?? '',
        path: attributes.get('path') ?? '',
        http_only: attributes.has('httponly'),
        secure: attributes.has('secure'),
        max_age: Number(attributes.get('max-age') ?? 0) || 0,
        expires: parseCookieDate(attributes.get('expires') ?? '') ?? 0,
      });
    }
    return Object.fromEntries(cookies);
  }

  get error(): string {
    return errorTextOf(this.#exchange);
  }

  get error_code(): number {
    return errorCodeOf(this.#exchange);
  }

  get timings(): Timings & { looking_up: number } {
    // Looking a name up is part of connecting.
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

  /** The request as the script made it, with the headers that went out last. */
  get request(): object {
    const { method, url, body } = this.#request;
    const { headers } = this.#exchange.request;
    const sent: Record<string, string[]> = {};
    for (let i = 0; i < headers.length; i += 2) {
      const name = canonicalName(headers[i] as string);
      sent[name] ??= [];
      sent[name].push(headers[i + 1] as string);
    }
    return {
      method,
      url,
      body: typeof body === 'string' ? body : '',
      headers: sent,
      cookies: {},
    };
  }

  /** The body without the compression the server put on it; undefined when it put none, null when it is not what it says. */
  #unpacked(): Buffer | null | undefined {
    const encoding = this.#exchange.header('content-encoding');
    if (encoding === undefined || this.status === 0) return undefined;
    let bytes = this.#exchange.bytes();
    for (const name of encoding.split(',').reverse()) {
      const unpack = UNPACKERS[name.trim().toLowerCase()];
      if (!unpack || bytes.length === 0) return undefined;
      try {
        bytes = unpack(bytes);
      } catch {
        return null;
      }
    }
    return bytes;
  }

  /** What `JSON.stringify` and `console.log` show. */
  toJSON(): object {
    const { status, status_text, url, error, error_code, proto, remote_ip, remote_port } = this;
    const { headers, cookies, timings, request, body, tls_version, tls_cipher_suite } = this;
    return {
      ...{ remote_ip, remote_port, url, status, status_text, proto, headers, cookies },
      ...{ body, timings, tls_version, tls_cipher_suite, error, error_code, request },
    };
  }
}

const UNPACKERS: Record<string, (bytes: Buffer) => Buffer> = {
  gzip: (bytes) => gunzipSync(bytes),
  deflate: (bytes) => inflateSync(bytes),
  br: (bytes) => brotliDecompressSync(bytes),
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `content-type` → `Content-Type`, as Go and so k6 spell headers. */
function canonicalName(name: string): string {
  return name.toLowerCase().replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
