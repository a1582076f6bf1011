import type { TracePlace } from '../../kernel/trace-ids.ts';
import type { Answer } from '../../target/target.ts';
import type { CallTracer } from '../../tracing/call-tracer.ts';
import type { ConnectionDeps } from '../http/connection.ts';
import { BAD_REDIRECT, Exchange, type HttpRequest, INVALID_REQUEST } from '../http/exchange.ts';
import type { HttpClient } from '../http/http-client.ts';
import { answerLines, requestLines } from '../http/http-debug.ts';
import { RequestError } from '../http/request-error.ts';
import type { SplitUrl } from '../http/url.ts';
import type { HttpMetrics } from '../metrics/http-metrics.ts';
import type { TagSource, Tags } from '../metrics/metrics.ts';
import { countOutcome, type OutcomeCounts } from '../metrics/outcomes.ts';
import type { RunCounts } from '../metrics/tally.ts';
import type { OperationInFlight } from '../operations/operation-in-flight.ts';
import type { OperationRecorder } from '../operations/operation-recorder.ts';

import { IterationInterrupted } from '../schedule/iteration.ts';
import type { CallListener, CallRequest } from './call-request.ts';
import { callTag, collectCallTags, type TaggedCall } from './call-tags.ts';
import type { Caller } from './caller.ts';
import { isRedirect, redirectedRequest } from './redirect.ts';
import { requestHeaders, storeCookies } from './request-headers.ts';

/** Dependencies that the calls of all VUs share. */
export interface CallDeps extends ConnectionDeps {
  operations: OperationRecorder;
  outcomes: OutcomeCounts;
  counts: Pick<RunCounts, 'inFlight'>;
  httpMetrics: HttpMetrics;
  splitUrl: (url: string) => SplitUrl;
  /** Things that were told once. */
  told: { unclassified?: boolean };
  /** Wall time in milliseconds. */
  nowMs: () => number;
  /** Makes a trace of each call; absent: the server is told of none. */
  tracer?: CallTracer;
  /** Called at the end of every request with its time since the moment it was due. */
  onLatency: (latencyMs: number) => void;
}

/** Methods that change nothing on the server, so that a request may be sent again (RFC 9110, 9.2.1). */
const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

const EXCERPT_MAX = 160;

/** The beginning of a text on one line, without anything that may be a secret. */
const excerptOf = (text: string): string =>
  text
    .slice(0, EXCERPT_MAX)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\w.+/=-]{24,}/g, '…');

/**
 * One request on its way: recorded in the history before it is written, in history, outcomes and metrics after its
 * answer. A redirect is another `Call` with the same listener.
 */
export class Call implements TagSource, TaggedCall {
  readonly vu: Caller;
  readonly request: CallRequest;
  readonly group: string;
  exchange!: Exchange;
  /** Undefined until the answer, and for a request that is not judged. */
  expected: boolean | undefined;
  private readonly deps: CallDeps;
  private readonly client: HttpClient;
  private readonly listener: CallListener;
  private operation: OperationInFlight | undefined;
  private collectedTags: Tags | undefined;
  private release: { ended(): void } | undefined;
  private trace: TracePlace | undefined;

  constructor(
    deps: CallDeps,
    vu: Caller,
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
    const url = deps.splitUrl(request.url);
    const headers = requestHeaders(request, url, vu);
    const httpRequest: HttpRequest = {
      method: request.method,
      origin: url.origin,
      path: url.path,
      headers: headers.list,
      body: request.body,
      timeoutMs: request.timeoutMs,
      // Set below; V8 keeps properties that are added later in a second object.
      dropsBody: false,
      mayRepeat: false,
    };
    this.operation = deps.operations.begin(httpRequest, headers.authorization);
    const isRecorded = this.operation !== undefined;
    httpRequest.dropsBody = request.dropsBody && !isRecorded && vu.http.debug !== 'full';
    httpRequest.mayRepeat =
      SAFE_METHODS.includes(request.method) && this.operation?.isRead !== false;
    this.exchange = new Exchange(httpRequest, this, deps.now);
    if (deps.tracer !== undefined) this.beginTrace(deps.tracer, httpRequest);
    vu.began();
    deps.counts.inFlight += 1;
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
    this.deps.counts.inFlight -= 1;
    this.vu.ended();
    this.release?.ended();
    try {
      this.finish();
    } catch (error) {
      this.listener.failed(error);
    }
  }

  /** Thresholds on tag sets read single tags. */
  tag(name: string): string | undefined {
    return callTag(this, name);
  }

  /** Outputs read all tags, once for each sample of this call. */
  allTags(): Tags {
    this.collectedTags ??= collectCallTags(this);
    return this.collectedTags;
  }

  get traceId(): string | undefined {
    return this.trace?.traceId;
  }

  private finish(): void {
    const { exchange, request, vu, listener } = this;
    if (exchange.failure?.code === INVALID_REQUEST) {
      const { message } = exchange.failure;
      listener.failed(
        new RequestError(`${request.method} ${request.url} cannot be sent: ${message}`),
      );
      return;
    }
    if (vu.http.debug) answerLines(exchange, vu.http.debug).forEach(vu.log);
    exchange.decompress();
    const next = this.redirected();
    this.record();
    storeCookies(exchange, request.jar ?? vu.cookies);

    if (vu.interrupted) listener.failed(new IterationInterrupted());
    else if (next !== undefined) this.follow(next);
    else listener.done({ url: request.url, exchange });
  }

  /** The request that the answer asks for. An answer that redirects to nowhere is a failure. */
  private redirected(): CallRequest | undefined {
    const { exchange, request } = this;
    if (request.redirectsMax <= 0 || !isRedirect(exchange)) return undefined;
    try {
      return redirectedRequest(request, exchange);
    } catch (cause) {
      exchange.reject({ code: BAD_REDIRECT, message: (cause as Error).message, cause });
      return undefined;
    }
  }

  private record(): void {
    const { exchange, request, deps } = this;
    const { operation } = this;
    const answer = operation ? operation.complete(exchange) : deps.operations.meaningOf(exchange);
    if (answer === 'unclassified') this.tellUnclassified();
    countOutcome(deps.outcomes, { answer, written: exchange.written });
    this.expected =
      request.isExpected === null
        ? undefined
        : answer !== undefined && request.isExpected(exchange.status);
    if (this.trace !== undefined) this.endTrace(this.trace, answer);
    const latenessMs = this.takeLateness();
    deps.httpMetrics.record(exchange, { expected: this.expected, latenessMs, tags: this });
    deps.onLatency(exchange.endedAtMs - exchange.calledAtMs + latenessMs);
  }

  /** A trace that the script itself begins is left to it. */
  private beginTrace(tracer: CallTracer, { headers }: HttpRequest): void {
    const isOwn = headers.some(
      (name, place) => place % 2 === 0 && name.toLowerCase() === 'traceparent',
    );
    if (isOwn) return;
    const { place, traceparent } = tracer.begin(this.operation?.callId);
    headers.push('traceparent', traceparent);
    this.trace = place;
  }

  private endTrace(place: TracePlace, answer: Answer | undefined): void {
    const { deps, exchange, request, operation, vu } = this;
    const endMs = deps.nowMs() - (deps.now() - exchange.endedAtMs);
    const path = exchange.request.path.replace(/\?.*/, '');
    deps.tracer?.end(place, {
      name: `${request.method} ${String(request.tags?.name ?? path)}`,
      startMs: endMs - (exchange.endedAtMs - exchange.calledAtMs),
      endMs,
      failed: answer === undefined || answer === 'error',
      attributes: {
        'http.request.method': request.method,
        'http.response.status_code': exchange.status,
        'server.address': exchange.request.origin,
        'url.path': path,
        'error.type': exchange.failure?.code,
        'flashsale.scenario': vu.tag('scenario'),
        'flashsale.outcome': answer,
        ...operation?.described(),
      },
    });
  }

  /** An answer that no rule names is a mistake of the target file, so the first one is shown. */
  private tellUnclassified(): void {
    const { deps, exchange, request, vu } = this;
    if (deps.told.unclassified) return;
    deps.told.unclassified = true;
    const path = exchange.request.path.replace(/\?.*/, '');
    vu.log(
      `${request.method} ${path} was answered in a way that no rule of the target file names: ${exchange.status} ${excerptOf(exchange.text())}`,
    );
  }

  /** The lateness of an iteration belongs to its first request; the requests after it wait for that one anyway. */
  private takeLateness(): number {
    const { currentIteration } = this.vu;
    if (!currentIteration) return 0;
    const { latenessMs } = currentIteration;
    currentIteration.latenessMs = 0;
    return latenessMs;
  }

  private follow(next: CallRequest): void {
    const { deps, vu, client, listener } = this;
    try {
      new Call(deps, vu, client, next, listener).start();
    } catch (error) {
      listener.failed(error);
    }
  }
}
