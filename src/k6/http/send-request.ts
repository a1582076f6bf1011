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
 * @returns a promise of the response, which rejects for a request that cannot be sent
 * @throws Error for arguments that make no request
 */
export function sendRequest(
  vu: Vu,
  send: SendRequest,
  method: string,
  url: string | HttpUrl,
  body: unknown,
  params: HttpParams | null | undefined,
): Promise<unknown> {
  const call = toCallRequest(vu, method, url, body, params);
  const settler = new ResponseSettler(vu, send, call, params);
  // As in k6, basic authentication uses the credentials in the URL alone, so it needs nothing here.
  if (params?.auth === 'digest') sendWithDigest(vu, call, settler);
  else vu.calls.send(call, settler);
  return settler.pending;
}

/**
 * Sends a request twice, for digest authentication: the server answers the first with a challenge, the second carries the
 * answer to it. As in k6, both count as requests, and the first is expected to fail with 401.
 */
function sendWithDigest(vu: Vu, call: CallRequest, listener: CallListener): void {
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

/** Settles the promise of a response. A class, because there is one per request and closures would cost throughput. */
class ResponseSettler implements CallListener {
  readonly pending: Promise<unknown>;
  private readonly request: CallRequest;
  private readonly responseType: ResponseType;
  private readonly throws: boolean;
  private readonly send: SendRequest;
  private resolve!: (response: Response) => void;
  private reject!: (error: unknown) => void;

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
    // An interrupted iteration may have left this promise without a listener, for a script may forget to await.
    if (error instanceof IterationInterrupted) this.pending.catch(() => {});
  }
}
