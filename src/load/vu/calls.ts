import type { Answer, Target } from '../../target/target.ts';
import type { ConnectionDeps } from '../http/connection.ts';
import type { CookieJar } from '../http/cookie-jar.ts';
import { errorCodeOf, errorTextOf } from '../http/error-codes.ts';
import { Exchange, INVALID_REQUEST } from '../http/exchange.ts';
import { createHttpClient, type HttpClient } from '../http/http-client.ts';
import { answerLines, requestLines } from '../http/http-debug.ts';
import { RequestError } from '../http/request-error.ts';
import type { SplitUrl } from '../http/url.ts';
import type { HttpMetrics } from '../metrics/http-metrics.ts';
import { asTags, type Tagged, type Tags } from '../metrics/metrics.ts';
import { countOutcome, type OutcomeCounts } from '../metrics/outcomes.ts';
import { codeOf, type OperationInFlight, type OperationRecorder } from './operation-recorder.ts';
import { IterationInterrupted, type Vu } from './vu.ts';

/** A request as a script's module asks for it. */
export interface CallRequest {
  method: string;
  url: string;
  headers: Record<string, string> | undefined;
  body: string | Uint8Array | null;
  timeoutMs: number;
  redirectsMax: number;
  /** Tags of this request, `name` among them. */
  tags: Record<string, unknown> | undefined;
  /** Cookies of this request alone, over those of the jar. */
  cookies: Record<string, string> | undefined;
  /** Names of cookies of the jar that this request leaves out, because it has its own. */
  replacedCookies?: ReadonlySet<string>;
  /** Where cookies come from and go to; default: the VU's jar. */
  jar?: CookieJar;
  /** Which answers are not failures; null: this request is not judged. */
  isExpected: ((status: number) => boolean) | null;
}

/** What a call came to: the last exchange, after redirects. */
export interface CallResult {
  url: string;
  exchange: Exchange;
}

/** Who waits for a call; told exactly one of the two. */
export interface CallListener {
  /** Whatever became of it, no answer included. */
  done(result: CallResult): void;
  /** There was nothing to send (a malformed request), or the turn was cut short. */
  failed(error: unknown): void;
}

/** The calls of one VU: sent, recorded in the history, measured, and handed back. */
export interface Calls {
  send(request: CallRequest, listener: CallListener): void;
  /** Ends what is in flight now. */
  cancelAll(): void;
  close(): void;
}

/** What the calls of all VUs share. */
export interface CallsDeps extends ConnectionDeps {
  target: Target;
  operations: OperationRecorder;
  outcomes: OutcomeCounts;
  httpMetrics: HttpMetrics;
  splitUrl: (url: string) => SplitUrl;
  /** How long the next request of all VUs has to wait, in milliseconds; absent: none has to. */
  waitMs?: () => number;
  nowMs: () => number;
  /** Told of every ended request, in milliseconds from the moment it was due. */
  onLatency: (latencyMs: number) => void;
}

export function createCalls(deps: CallsDeps, vu: Vu): Calls {
  const client = createHttpClient(deps);

  function sendNow(request: CallRequest, listener: CallListener): void {
    if (vu.interrupted) {
      listener.failed(new IterationInterrupted());
      return;
    }
    try {
      new Call(deps, vu, client, request, listener).start();
    } catch (error) {
      listener.failed(error);
    }
  }

  return {
    send(request, listener) {
      const waitMs = deps.waitMs?.() ?? 0;
      if (waitMs === 0) sendNow(request, listener);
      else {
        vu.pause(waitMs).then(
          () => sendNow(request, listener),
          (error) => listener.failed(error),
        );
      }
    },
    cancelAll: client.cancelAll,
    close: client.close,
  };
}

/** What k6 tags a request's samples with, beside the tags of its VU. */
const REQUEST_TAGS = [
  'method',
  'status',
  'name',
  'url',
  'group',
  'proto',
  'tls_version',
  'expected_response',
  'error',
  'error_code',
];

/** One request on its way through the pipeline: history before the write, history, outcome and metrics after the answer. */
class Call implements Tagged {
  private readonly deps: CallsDeps;
  private readonly vu: Vu;
  private readonly client: HttpClient;
  private readonly request: CallRequest;
  private readonly listener: CallListener;
  private readonly group: string;
  private exchange!: Exchange;
  private operation: OperationInFlight | undefined;
  private expected: boolean | undefined;
  private collectedTags: Tags | undefined;
  private release: { ended(): void } | undefined;

  constructor(
    deps: CallsDeps,
    vu: Vu,
    client: HttpClient,
    request: CallRequest,
    listener: CallListener,
  ) {
    this.deps = deps;
    this.vu = vu;
    this.client = client;
    this.request = request;
    this.listener = listener;
    this.group = vu.group;
  }

  start(): void {
    const { request, vu, deps } = this;
    const { origin, path, authorization } = deps.splitUrl(request.url);
    const headers = this.headersFor(origin, path, authorization);
    const httpRequest = {
      method: request.method,
      origin,
      path,
      headers: headers.list,
      body: request.body,
      timeoutMs: request.timeoutMs,
    };
    this.operation = deps.operations.begin(httpRequest, headers.authorization);
    this.exchange = new Exchange(httpRequest, this, deps.now);
    vu.began();
    this.client.send(this.exchange);
  }

  beforeWrite(): void {
    this.operation?.invoke(this.exchange.writtenAtMs);
    const { vu } = this;
    const { debug } = vu.http;
    if (debug) requestLines(this.exchange, debug).forEach(vu.log);
    if (vu.release === undefined) return;
    this.release = vu.release.written();
    vu.release = undefined;
  }

  ended(): void {
    this.vu.ended();
    this.release?.ended();
    try {
      this.conclude();
    } catch (error) {
      this.listener.failed(error);
    }
  }

  private conclude(): void {
    const { exchange, request, vu, deps, listener } = this;
    if (exchange.failure?.code === INVALID_REQUEST) {
      listener.failed(
        new RequestError(
          `${request.method} ${request.url} cannot be sent: ${exchange.failure.message}`,
        ),
      );
      return;
    }
    if (vu.http.debug) answerLines(exchange, vu.http.debug).forEach(vu.log);
    const answer = this.classify();
    this.operation?.complete(exchange, answer);
    countOutcome(deps.outcomes, { answer, written: exchange.written });
    this.expected =
      request.isExpected === null
        ? undefined
        : answer !== undefined && request.isExpected(exchange.status);
    const latenessMs = this.takeLateness();
    deps.httpMetrics.record(exchange, { expected: this.expected, latenessMs, tags: this });
    deps.onLatency(exchange.endedAtMs - exchange.calledAtMs + latenessMs);
    this.storeCookies();

    if (vu.interrupted) listener.failed(new IterationInterrupted());
    else if (this.isRedirect()) this.follow();
    else listener.done({ url: request.url, exchange });
  }

  /** Asked by thresholds on tag sets. */
  tag(name: string): string | undefined {
    const { request, exchange } = this;
    const own = request.tags?.[name];
    if (own !== undefined) return String(own);
    switch (name) {
      case 'method':
        return request.method;
      case 'status':
        return String(exchange.status);
      case 'name':
        return request.url;
      case 'url':
        return this.tag('name');
      case 'group':
        return this.group;
      case 'expected_response':
        return this.expected === undefined ? undefined : String(this.expected);
      case 'error_code': {
        const code = errorCodeOf(exchange);
        return code === 0 ? undefined : String(code);
      }
      case 'error':
        return errorTextOf(exchange) || undefined;
      case 'proto':
        return exchange.status === 0 ? undefined : 'HTTP/1.1';
      case 'ip':
        return exchange.peer().ip || undefined;
      case 'tls_version':
        return exchange.peer().tlsVersion || undefined;
      default:
        return this.vu.tag(name);
    }
  }

  /** Asked by outputs, for each of the samples of this call. */
  allTags(): Tags {
    this.collectedTags ??= this.collectTags();
    return this.collectedTags;
  }

  private collectTags(): Tags {
    const tags: Record<string, string> = { ...this.vu.allTags() };
    for (const name of REQUEST_TAGS) {
      const value = this.tag(name);
      if (value !== undefined) tags[name] = value;
    }
    return Object.assign(tags, asTags(this.request.tags));
  }

  private classify(): Answer | undefined {
    const { exchange, deps } = this;
    if (exchange.failure) return undefined;
    const code = exchange.status >= 400 ? codeOf(exchange) : undefined;
    return deps.target.classify(exchange.status, code);
  }

  /** A turn that began late makes its first request late; the ones after it wait for that one anyway. */
  private takeLateness(): number {
    const { currentIteration } = this.vu;
    if (!currentIteration) return 0;
    const { latenessMs } = currentIteration;
    currentIteration.latenessMs = 0;
    return latenessMs;
  }

  private headersFor(
    origin: string,
    path: string,
    urlAuthorization: string | undefined,
  ): { list: string[]; authorization: string | undefined } {
    const { request, vu } = this;
    const list: string[] = [];
    let authorization: string | undefined;
    let ownCookie: string | undefined;
    let ownAgent = false;
    for (const name in request.headers) {
      const value = String(request.headers[name]);
      // Only names of these lengths can be one of the three looked for.
      if (name.length === 13 && name.toLowerCase() === 'authorization') authorization = value;
      else if (name.length === 10 && name.toLowerCase() === 'user-agent') {
        ownAgent = true;
        // An empty one means none, as in k6.
        if (value === '') continue;
      } else if (name.length === 6 && name.toLowerCase() === 'cookie') {
        ownCookie = value;
        continue;
      }
      list.push(name, value);
    }
    if (authorization === undefined && urlAuthorization !== undefined) {
      authorization = urlAuthorization;
      list.push('authorization', authorization);
    }
    if (!ownAgent) list.push('user-agent', vu.http.userAgent);
    const jarCookie = (request.jar ?? vu.cookies).headerFor(origin, path, request.replacedCookies);
    if (ownCookie !== undefined || request.cookies !== undefined || jarCookie !== undefined) {
      const cookies = [ownCookie, cookiePairs(request.cookies), jarCookie].filter(Boolean);
      list.push('cookie', cookies.join('; '));
    }
    return { list, authorization };
  }

  private storeCookies(): void {
    const { exchange, request, vu } = this;
    if (exchange.header('set-cookie') === undefined) return;
    const { origin, path } = exchange.request;
    for (const [name, value] of exchange.headers()) {
      if (name.toLowerCase() === 'set-cookie') {
        (request.jar ?? vu.cookies).store(value, origin, path);
      }
    }
  }

  private isRedirect(): boolean {
    const { exchange, request } = this;
    return (
      request.redirectsMax > 0 &&
      [301, 302, 303, 307, 308].includes(exchange.status) &&
      exchange.header('location') !== undefined
    );
  }

  /** As browsers and k6 do: 307 and 308 repeat the request, the others turn it into a GET. */
  private follow(): void {
    const { exchange, request, deps, vu, client, listener } = this;
    const from = exchange.request;
    const location = exchange.header('location') as string;
    try {
      const to = new URL(location, from.origin + from.path);
      const repeat = exchange.status === 307 || exchange.status === 308;
      const keepsMethod = repeat || request.method === 'GET' || request.method === 'HEAD';
      const next: CallRequest = {
        ...request,
        url: to.href,
        method: keepsMethod ? request.method : 'GET',
        body: repeat ? request.body : null,
        headers: redirectHeaders(request.headers, {
          sameOrigin: to.origin === from.origin,
          withBody: repeat,
        }),
        redirectsMax: request.redirectsMax - 1,
      };
      new Call(deps, vu, client, next, listener).start();
    } catch (error) {
      listener.failed(error);
    }
  }
}

function cookiePairs(cookies: Record<string, string> | undefined): string | undefined {
  if (!cookies) return undefined;
  return Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
}

/** Credentials stay with the server they were meant for; the body's headers stay with the body. */
function redirectHeaders(
  headers: Record<string, string> | undefined,
  { sameOrigin, withBody }: { sameOrigin: boolean; withBody: boolean },
): Record<string, string> {
  const dropped = new Set<string>();
  if (!sameOrigin) for (const name of ['authorization', 'cookie']) dropped.add(name);
  if (!withBody) for (const name of ['content-type', 'content-length']) dropped.add(name);
  return Object.fromEntries(
    Object.entries(headers ?? {}).filter(([name]) => !dropped.has(name.toLowerCase())),
  );
}
