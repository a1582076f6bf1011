import exec from 'k6/execution';
import k6http, { type Params, type RefinedResponse, type ResponseType } from 'k6/http';
import { Counter } from 'k6/metrics';
import { NOTE, NOTES, type Note, type RecordingSettings, SETTINGS_VARIABLE } from './notes.ts';

/**
 * This module runs inside k6, bundled in place of `k6/http`. It has the same functions, and notes each call when it begins
 * and when it ends. The history is made of these notes by the same rules as that of our own engine, and scenario code has
 * no influence on it.
 */

declare const __ENV: Record<string, string>;

const settings = JSON.parse(__ENV[SETTINGS_VARIABLE] as string) as RecordingSettings;
const endpoints = settings.endpoints.map(({ path, ...endpoint }) => ({
  ...endpoint,
  path: new RegExp(path),
}));
const notes = new Counter(NOTES);
let calls = 0;

/**
 * `setup` and `teardown` both run as VU 0, each in a runtime of its own that counts its calls from zero. The calls of
 * `teardown` are counted from this number on, so that no two calls have the same id.
 */
const TEARDOWN_CALLS = 0x8000000;

function record(note: Note): void {
  const { metadata } = exec.vu.metrics;
  metadata[NOTE] = JSON.stringify(note);
  notes.add(1);
  delete metadata[NOTE];
}

/** Called before each iteration. */
export function noteIteration(): void {
  record({ type: 'iteration' });
}

/** Called before `teardown`. */
export function enterTeardown(): void {
  calls = TEARDOWN_CALLS;
}

type Url = string | { url: string };
type Answer = RefinedResponse<ResponseType | undefined>;
type CallParams = Params & { headers?: Record<string, string> };

interface Call {
  key: string;
  isOperation: boolean;
  params: CallParams | undefined;
}

/** Notes a call that is about to be made. The parameters of the result have the call id among their headers. */
function invoke(method: string, url: Url, body: unknown, params: CallParams | undefined): Call {
  const { idInTest } = exec.vu;
  calls += 1;
  const key = `${idInTest}-${calls}`;
  const address = typeof url === 'string' ? url : url.url;
  const path = address.replace(/^\w+:\/\/[^/?#]*/, '').replace(/[?#].*$/, '') || '/';
  const endpoint = endpoints.find((each) => each.method === method && each.path.test(path));
  if (endpoint === undefined) return { key, isOperation: false, params };

  const callId = nextCallId(idInTest, calls);
  record({
    type: 'invoke',
    key,
    method,
    url: address,
    headers: params?.headers ?? {},
    body: bodyText(body),
    ...(endpoint.callIdHeader === undefined ? {} : { callId }),
  });
  if (endpoint.callIdHeader === undefined) return { key, isOperation: true, params };
  const headers = { ...params?.headers, [endpoint.callIdHeader]: callId };
  return { key, isOperation: true, params: { ...params, headers } };
}

/** The body as text. k6 makes a form of an object. */
function bodyText(body: unknown): string | null {
  if (typeof body === 'string') return body;
  if (typeof body !== 'object' || body === null || body instanceof ArrayBuffer) return null;
  return Object.entries(body)
    .map((pair) => pair.map((part) => encodeURIComponent(String(part))).join('='))
    .join('&');
}

/** A call id in the form of a UUID, made of the run's random digits, the VU and the number of the call. */
function nextCallId(vu: number, call: number): string {
  const { callIdPrefix: random } = settings;
  const own = vu.toString(16).padStart(5, '0') + call.toString(16).padStart(7, '0');
  return `${random.slice(0, 8)}-${random.slice(8, 12)}-8${random.slice(12, 15)}-a${random.slice(15, 18)}-${own}`;
}

/** Notes the end of a call, and returns its answer. */
function noteAnswer({ key, isOperation }: Call, answer: Answer): Answer {
  const { status, error_code: errorCode, body, headers } = answer;
  const isBodyNoted = (isOperation || status >= 400) && typeof body === 'string';
  record({
    type: 'answer',
    key,
    status,
    errorCode,
    ...(isBodyNoted ? { body } : {}),
    headers: wantedHeaders(headers),
    ...(isOperation && settings.answerCookies.length > 0 ? { cookies: wantedCookies(answer) } : {}),
  });
  return answer;
}

function wantedHeaders(headers: Record<string, string> | undefined): Record<string, string> {
  const wanted: Record<string, string> = {};
  for (const name of Object.keys(headers ?? {})) {
    const plain = name.toLowerCase();
    if (settings.answerHeaders.includes(plain)) wanted[plain] = headers?.[name] as string;
  }
  return wanted;
}

function wantedCookies({ cookies }: Answer): Record<string, string> {
  const wanted: Record<string, string> = {};
  for (const name of settings.answerCookies) {
    const value = cookies?.[name]?.[0]?.value;
    if (value !== undefined) wanted[name] = value;
  }
  return wanted;
}

/** k6's own functions, with types as wide as k6's actual parameters. */
const original = k6http as unknown as {
  request(method: string, url: Url, body?: unknown, params?: CallParams): Answer;
  asyncRequest(method: string, url: Url, body?: unknown, params?: CallParams): Promise<Answer>;
  batch(requests: unknown): Record<string, Answer>;
};

export function request(method: string, url: Url, body?: unknown, params?: CallParams): Answer {
  const call = invoke(method.toUpperCase(), url, body, params);
  return noteAnswer(call, original.request(method, url, body, call.params));
}

export async function asyncRequest(
  method: string,
  url: Url,
  body?: unknown,
  params?: CallParams,
): Promise<Answer> {
  const call = invoke(method.toUpperCase(), url, body, params);
  return noteAnswer(call, await original.asyncRequest(method, url, body, call.params));
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

/** Like k6's, for an array or an object of requests. All calls of a batch are noted as ended when the last one ends. */
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
  for (const key of Object.keys(noted)) noteAnswer(noted[key] as Call, answers[key] as Answer);
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
