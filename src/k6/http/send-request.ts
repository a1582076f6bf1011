import { randomBytes } from 'node:crypto';
import type { CallListener, CallRequest, CallResult } from '../../load/calls/call-request.ts';
import { RequestError } from '../../load/http/request-error.ts';
import { separateCredentials } from '../../load/http/url.ts';
import { IterationInterrupted } from '../../load/schedule/iteration.ts';
import type { Vu } from '../../load/vu/vu.ts';
import { answerDigestChallenge } from './digest.ts';
import {
  type HttpParams,
  type HttpUrl,
  type ResponseType,
  responseTypeOf,
  toCallRequest,
} from './http-params.ts';
import { PendingResponse } from './pending-response.ts';
import { Response, type SendRequest } from './response.ts';

/**
 * Sends one request of a script.
 *
 * @param send sends the requests that the script makes from the response (`clickLink`, `submitForm`)
 * @returns the response where calls block; elsewhere a promise of it, which rejects for a request that cannot be sent
 * @throws Error for arguments that make no request
 */
export function sendRequest(
  vu: Vu,
  send: SendRequest,
  method: string,
  url: string | HttpUrl,
  body: unknown,
  params: HttpParams | null | undefined,
): unknown {
  if (!vu.waitForCalls) return sendAwaited(vu, send, method, url, body, params);
  const settler = new BlockingSettler(
    vu,
    send,
    toCallRequest(vu, method, url, body, params),
    params,
  );
  dispatch(settler, params, vu.calls.send);
  vu.waitForCalls();
  return settler.take();
}

/** Sends one request of a script, which has to wait for the promise; the arguments are those of `sendRequest`. */
function sendAwaited(
  vu: Vu,
  send: SendRequest,
  method: string,
  url: string | HttpUrl,
  body: unknown,
  params: HttpParams | null | undefined,
): Promise<unknown> {
  const call = toCallRequest(vu, method, url, body, params);
  vu.watch?.begin(method);
  const settler = new PromisingSettler(vu, send, call, params);
  settler.watch = vu.watch;
  dispatch(settler, params, vu.calls.send);
  return settler.pending;
}

/** Sends one request of a script, which goes on meanwhile; the arguments are those of `sendRequest`. */
export function sendBeside(
  vu: Vu,
  send: SendRequest,
  method: string,
  url: string | HttpUrl,
  body: unknown,
  params: HttpParams | null | undefined,
): Promise<unknown> {
  const call = toCallRequest(vu, method, url, body, params);
  const settler = new PromisingSettler(vu, send, call, params);
  dispatch(settler, params, vu.calls.sendBeside);
  return settler.pending;
}

type Send = Vu['calls']['send'];

/** Sends a request on its way without waiting for it, so that others can be sent side by side. */
export function dispatch(
  settler: Settler,
  params: HttpParams | null | undefined,
  send: Send,
): void {
  // As in k6, basic authentication uses the credentials in the URL alone, so it needs nothing here.
  if (params?.auth === 'digest') sendWithDigest(settler.request, settler, send);
  else send(settler.request, settler);
}

/**
 * Sends a request twice, for digest authentication: the server answers the first with a challenge, the second carries the
 * answer to it. As in k6, both count as requests, and the first is expected to fail with 401.
 */
function sendWithDigest(call: CallRequest, listener: CallListener, send: Send): void {
  const { url, credentials } = separateCredentials(call.url);
  const first = {
    ...call,
    url,
    isExpected: call.isExpected && ((status: number) => status === 401),
  };
  send(first, {
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
      else send({ ...call, url, headers: { ...call.headers, authorization } }, listener);
    },
  });
}

/** Makes a response of the end of a call. A class, because there is one per request and closures would cost throughput. */
abstract class Settler implements CallListener {
  readonly request: CallRequest;
  private readonly responseType: ResponseType;
  private readonly throws: boolean;
  private readonly send: SendRequest;

  constructor(
    vu: Vu,
    send: SendRequest,
    request: CallRequest,
    params: HttpParams | null | undefined,
  ) {
    this.send = send;
    this.request = request;
    this.responseType = responseTypeOf(vu, params);
    this.throws = params?.throw ?? vu.http.throwOnFailure;
  }

  done(result: CallResult): void {
    const { request } = this;
    const response = Response.of(result, request, this.responseType, this.send);
    // As in k6, an answer is an answer, whatever its status.
    if (this.throws && result.exchange.failure) {
      this.failed(new RequestError(`${request.method} ${request.url} failed: ${response.error}`));
    } else {
      this.answered(response);
    }
  }

  abstract failed(error: unknown): void;
  protected abstract answered(response: Response): void;
}

class PromisingSettler extends Settler {
  /** Is told of the end. */
  watch: Vu['watch'];
  private resolve!: (response: Response) => void;
  private reject!: (error: unknown) => void;
  readonly pending: Promise<unknown>;

  // V8 sets fields with values of their own by a call for each object, which a constructor saves.
  constructor(...settled: ConstructorParameters<typeof Settler>) {
    super(...settled);
    this.pending = new PendingResponse((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  failed(error: unknown): void {
    this.watch?.end();
    this.reject(error);
    // An interrupted iteration may have left this promise without a listener, for a script may forget to await.
    if (error instanceof IterationInterrupted) this.pending.catch(() => {});
  }

  protected answered(response: Response): void {
    this.watch?.end();
    this.resolve(response);
  }
}

/** Keeps the response for a VU that waits for it. */
export class BlockingSettler extends Settler {
  onEnd: () => void = () => {};
  private response: Response | undefined;
  private error: unknown;

  /** The response of the call, which has ended. Throws if there is none. */
  take(): Response {
    if (this.response) return this.response;
    throw this.error;
  }

  failed(error: unknown): void {
    this.error = error;
    this.onEnd();
  }

  protected answered(response: Response): void {
    this.response = response;
    this.onEnd();
  }
}
