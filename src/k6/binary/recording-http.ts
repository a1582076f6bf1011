import exec from 'k6/execution';
import k6http, { type Params, type RefinedResponse, type ResponseType } from 'k6/http';
import { Counter } from 'k6/metrics';
import { NOTE, NOTES, type Note, ORDER_VARIABLE, type RecordingOrder } from './notes.ts';

/**
 * This module runs inside k6, bundled in place of `k6/http`: the same functions, and each call is noted as it begins and
 * as it ends, so that the history k6 leaves is made by the same rules as ours, with no part in it for the scenario.
 */

declare const __ENV: Record<string, string>;

const order = JSON.parse(__ENV[ORDER_VARIABLE] as string) as RecordingOrder;
const routes = order.routes.map(([method, path]) => ({ method, path: new RegExp(path) }));
const notes = new Counter(NOTES);
let calls = 0;

/** `setup` and `teardown` are both VU 0, each in a runtime of its own that counts from zero. */
const TEARDOWN_CALLS = 0x8000000;

function note(said: Note): void {
  const { metadata } = exec.vu.metrics;
  metadata[NOTE] = JSON.stringify(said);
  notes.add(1);
  delete metadata[NOTE];
}

/** Called before each iteration. */
export function begun(): void {
  note({ type: 'begun' });
}

/** Called before `teardown`. */
export function enterTeardown(): void {
  calls = TEARDOWN_CALLS;
}

type Url = string | { url: string };
type Answer = RefinedResponse<ResponseType | undefined>;
type CallParams = Params & { headers?: Record<string, string> };

interface Call {
  id: string;
  isOperation: boolean;
  params: CallParams | undefined;
}

/** Notes a call that is about to be made. Its parameters come back with the call id in them. */
function invoke(method: string, url: Url, body: unknown, params: CallParams | undefined): Call {
  const { idInTest } = exec.vu;
  calls += 1;
  const id = `${idInTest}-${calls}`;
  const address = typeof url === 'string' ? url : url.url;
  const path = address.replace(/^\w+:\/\/[^/?#]*/, '').replace(/[?#].*$/, '') || '/';
  const isOperation = routes.some((route) => route.method === method && route.path.test(path));
  if (!isOperation) return { id, isOperation, params };

  const callId = nextCallId(idInTest, calls);
  note({
    type: 'invoke',
    call: id,
    method,
    url: address,
    headers: params?.headers ?? {},
    body: typeof body === 'string' ? body : null,
    ...(order.callIdHeader === undefined ? {} : { callId }),
  });
  if (order.callIdHeader === undefined) return { id, isOperation, params };
  const headers = { ...params?.headers, [order.callIdHeader]: callId };
  return { id, isOperation, params: { ...params, headers } };
}

/** In the shape of a UUID: the run's random digits, the VU and the call. */
function nextCallId(vu: number, call: number): string {
  const { callIdPrefix: random } = order;
  const own = vu.toString(16).padStart(5, '0') + call.toString(16).padStart(7, '0');
  return `${random.slice(0, 8)}-${random.slice(8, 12)}-8${random.slice(12, 15)}-a${random.slice(15, 18)}-${own}`;
}

function answered({ id, isOperation }: Call, answer: Answer): Answer {
  const { status, error_code: errorCode, body, headers } = answer;
  const isTold = (isOperation || status >= 400) && typeof body === 'string';
  const requestId = headers?.[order.requestIdHeader];
  note({
    type: 'answer',
    call: id,
    status,
    errorCode,
    ...(isTold ? { body } : {}),
    ...(requestId === undefined ? {} : { requestId }),
  });
  return answer;
}

/** k6's own functions, with the parameters as k6 takes them. */
const original = k6http as unknown as {
  request(method: string, url: Url, body?: unknown, params?: CallParams): Answer;
  asyncRequest(method: string, url: Url, body?: unknown, params?: CallParams): Promise<Answer>;
  batch(requests: unknown): Record<string, Answer>;
};

export function request(method: string, url: Url, body?: unknown, params?: CallParams): Answer {
  const call = invoke(method.toUpperCase(), url, body, params);
  return answered(call, original.request(method, url, body, call.params));
}

export async function asyncRequest(
  method: string,
  url: Url,
  body?: unknown,
  params?: CallParams,
): Promise<Answer> {
  const call = invoke(method.toUpperCase(), url, body, params);
  return answered(call, await original.asyncRequest(method, url, body, call.params));
}

export const get = (url: Url, params?: CallParams) => request('GET', url, null, params);
export const head = (url: Url, params?: CallParams) => request('HEAD', url, null, params);
export const del = (url: Url, body?: unknown, params?: CallParams) =>
  request('DELETE', url, body, params);
export const options = (url: Url, body?: unknown, params?: CallParams) =>
  request('OPTIONS', url, body, params);
export const patch = (url: Url, body?: unknown, params?: CallParams) =>
  request('PATCH', url, body, params);
export const post = (url: Url, body?: unknown, params?: CallParams) =>
  request('POST', url, body, params);
export const put = (url: Url, body?: unknown, params?: CallParams) =>
  request('PUT', url, body, params);

type BatchRequest =
  | string
  | [method: string, url: Url, body?: unknown, params?: CallParams]
  | { method?: string; url: Url; body?: unknown; params?: CallParams };

/** Takes and gives an array or an object, as k6 does. All calls of a batch end when the last one does. */
export function batch(requests: Record<string, BatchRequest>): Record<string, Answer> {
  const noted: Record<string, Call> = {};
  const sent = (Array.isArray(requests) ? [] : {}) as Record<string, unknown>;
  for (const key of Object.keys(requests)) {
    const [method, url, body, params] = partsOf(requests[key] as BatchRequest);
    const call = invoke(method.toUpperCase(), url, body, params);
    noted[key] = call;
    sent[key] = { method, url, body, params: call.params };
  }
  const answers = original.batch(sent);
  for (const key of Object.keys(noted)) answered(noted[key] as Call, answers[key] as Answer);
  return answers;
}

function partsOf(
  request: BatchRequest,
): [method: string, url: Url, body: unknown, params: CallParams | undefined] {
  if (typeof request === 'string') return ['GET', request, null, undefined];
  if (Array.isArray(request)) return [request[0], request[1], request[2] ?? null, request[3]];
  return [request.method ?? 'GET', request.url, request.body ?? null, request.params];
}

export const { url, file, cookieJar, CookieJar, expectedStatuses, setResponseCallback } = k6http;

const http: Record<string, unknown> = {
  ...k6http,
  ...{ request, asyncRequest, get, head, del, options, patch, post, put, batch },
};
export default http;
