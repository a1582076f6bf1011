import type { CallRequest, CallResult } from '../../load/calls/call-request.ts';
import { errorCodeOf, errorTextOf } from '../../load/http/error-codes.ts';
import type { Exchange } from '../../load/http/exchange.ts';
import { type Timings, timingsOf } from '../../load/metrics/http-metrics.ts';
import { HAS_OWN_JSON } from '../../load/vu/setup-json.ts';
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

/** The fields of a response with the kind of value that a script may put there, in k6's order. */
const FIELDS: Record<string, 'text' | 'number' | 'object' | 'any' | 'fixed'> = {
  ...{ remote_ip: 'text', remote_port: 'number', url: 'text', status: 'number' },
  ...{ status_text: 'text', proto: 'text', headers: 'object', cookies: 'object', body: 'any' },
  ...{ timings: 'object', tls_version: 'text', tls_cipher_suite: 'text', ocsp: 'object' },
  ...{ error: 'text', error_code: 'number', request: 'object' },
  ...{ html: 'fixed', json: 'fixed', clickLink: 'fixed', submitForm: 'fixed' },
};
const NAMES = Object.keys(FIELDS);

/** No certificate is asked for its state. */
const NO_OCSP = {
  ...{ produced_at: 0, this_update: 0, next_update: 0, revoked_at: 0 },
  ...{ revocation_reason: '', status: '' },
};

type Read = (...selectors: unknown[]) => unknown;

/**
 * k6's `Response`. Every field but status and URL is computed when a script reads it: most scripts read two fields of each
 * response, and decoding the rest would cost more than sending the request. A proxy makes them look like plain fields, so
 * that a response can be copied (`{ ...response }`), taken apart and written to.
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
  /** Fields that the script has written. */
  #written: Record<string, unknown> | undefined;

  static readonly #fields: ProxyHandler<Response> = {
    get(response, name) {
      const written = response.#written;
      if (written !== undefined && Object.hasOwn(written, name)) return written[name as string];
      return response[name as keyof Response];
    },
    set(response, name, value) {
      return response.#write(String(name), value);
    },
    ownKeys: () => NAMES,
    getOwnPropertyDescriptor(response, name) {
      if (!Object.hasOwn(FIELDS, name)) return undefined;
      const value = Response.#fields.get?.(response, name, response);
      return { value, enumerable: true, configurable: true, writable: true };
    },
    defineProperty: () => false,
    deleteProperty: (_, name) => !Object.hasOwn(FIELDS, name),
  };

  /** The response as scripts get it. */
  static of(
    result: CallResult,
    request: CallRequest,
    responseType: ResponseType,
    send: SendRequest,
  ): Response {
    return new Proxy(new Response(result, request, responseType, send), Response.#fields);
  }

  private constructor(
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

  /** Returns false for a value that the field does not take, and for what is no field. */
  #write(name: string, value: unknown): boolean {
    const kind = Object.hasOwn(FIELDS, name) ? FIELDS[name] : 'fixed';
    const isObject = typeof value === 'object' && value !== null;
    if (kind === 'fixed' || kind === undefined || (kind === 'object' && !isObject)) return false;
    this.#written ??= {};
    this.#written[name] =
      kind === 'text' ? String(value) : kind === 'number' ? Number(value) : value;
    if (name === 'body') this.#page = undefined;
    return true;
  }

  get status_text(): string {
    return this.status === 0 ? '' : `${this.status} ${this.#exchange.statusText}`;
  }

  get body(): string | ArrayBuffer | null {
    if (this.#responseType === 'none' || BODILESS.includes(this.status)) return null;
    if (this.status === 0) return this.#partialBody();
    if (this.#responseType === 'binary') return new Uint8Array(this.#exchange.bytes()).buffer;
    return this.#exchange.text();
  }

  /** As much as there is of an answer that was cut off. */
  #partialBody(): string | ArrayBuffer | null {
    const bytes = this.#exchange.partialBody();
    if (bytes === undefined) return null;
    return this.#responseType === 'binary' ? new Uint8Array(bytes).buffer : bytes.toString('utf8');
  }

  /** The body as the script sees it, which may have written another one. */
  #ownBody(): unknown {
    return this.#written !== undefined && 'body' in this.#written ? this.#written.body : this.body;
  }

  /**
   * The body as JSON, or the value that `selector` finds in it. With a selector it is undefined if nothing is found or the
   * body is no JSON; without one it throws for a body that is no JSON.
   */
  get json(): Read {
    // As in k6, a selector that is undefined is one: it finds nothing.
    return (...selectors) =>
      this.#readJson(selectors.length === 0 ? undefined : String(selectors[0]));
  }

  #readJson(selector: string | undefined): unknown {
    const isWritten = this.#written !== undefined && 'body' in this.#written;
    if (!isWritten) this.#assertBody('JSON');
    const value = isWritten ? parsedJson(this.#written?.body) : this.#ownJson();
    if (value === undefined) {
      if (selector !== undefined) return undefined;
      throw new Error(
        `the body of ${this.#request.method} ${this.url} (status ${this.status}) is not JSON`,
      );
    }
    return selector === undefined ? value : selectJson(value, selector);
  }

  #ownJson(): unknown {
    if (this.status !== 0) return this.#exchange.json();
    return parsedJson(this.#exchange.partialBody()?.toString('utf8'));
  }

  #assertBody(form: 'JSON' | 'HTML'): void {
    if (form === 'JSON' && this.#responseType === 'none') {
      throw new Error(
        'json() needs a body, but the request asked to drop it (responseType "none" or discardResponseBodies)',
      );
    }
    if (this.body !== null) return;
    throw new Error(
      `the body is null so we can't transform it to ${form} - this likely was because of a request error getting the response`,
    );
  }

  /** The body as HTML, or the nodes that `selector` finds in it. The body is parsed once. */
  get html(): (selector?: string) => Selection {
    return (selector) => {
      this.#page ??= this.#parsePage();
      return selector === undefined ? this.#page : this.#page.find(selector);
    };
  }

  #parsePage(): Selection {
    const body = this.#ownBody();
    if (body === null || body === undefined) this.#assertBody('HTML');
    return parsePage(
      body instanceof ArrayBuffer ? Buffer.from(body).toString('utf8') : String(body),
      this.url,
    );
  }

  /** Sends the request that a click on a link of the page would send. */
  get clickLink(): (choice?: LinkChoice & { params?: HttpParams }) => unknown {
    return ({ params, ...choice } = {}) => {
      const { method, url, body } = followLink(this.html(), choice);
      return this.#send(method, url, body, params);
    };
  }

  /** Sends the request that submitting a form of the page would send. */
  get submitForm(): (choice?: FormChoice & { params?: HttpParams }) => unknown {
    return ({ params, ...choice } = {}) => {
      const { method, url, body } = followForm(this.html(), choice);
      return this.#send(method, url, body, params);
    };
  }

  /**
   * The headers by their canonical names (`Content-Type`). The values of a repeated header are joined by commas. Always
   * the same object, for scripts may add to it.
   */
  get headers(): Record<string, string> {
    this.#headers ??= joinHeaders(this.#answeredHeaders());
    return this.#headers;
  }

  /** A failed request has none, also where an answer had begun. */
  #answeredHeaders(): [name: string, value: string][] {
    return this.status === 0 ? [] : this.#exchange.headers();
  }

  /** The cookies that the answer sets, by their names. */
  get cookies(): Record<string, object[]> {
    return setCookiesOf(this.#answeredHeaders());
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

  get ocsp(): object {
    return { ...NO_OCSP };
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

  get [HAS_OWN_JSON](): true {
    return true;
  }

  /** The fields that `JSON.stringify` shows, and that `setup` hands over. */
  toJSON(): object {
    const shown = NAMES.filter((name) => FIELDS[name] !== 'fixed');
    return Object.fromEntries(shown.map((name) => [name, this[name as keyof this]]));
  }
}

/** Undefined for a text that is no JSON. */
function parsedJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
