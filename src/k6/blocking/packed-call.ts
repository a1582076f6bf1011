import type { CallRequest } from '../../load/calls/call-request.ts';
import { type CookieJar, createCookieJar } from '../../load/http/cookie-jar.ts';
import { asTags } from '../../load/metrics/metrics.ts';
import type { SentCall, StoredLine } from './messages.ts';

const STATUSES = 1_000;

/** A request as plain data. `usual` is the test of statuses that a script has not changed. */
export function packCall(request: CallRequest, usual: CallRequest['isExpected']): SentCall {
  const { method, url, body, timeoutMs, redirectsMax, cookies, replacedCookies, jar } = request;
  return {
    ...{ method, url, timeoutMs, redirectsMax, cookies, replacedCookies },
    dropsBody: request.dropsBody ?? false,
    headers: request.headers && textsOf(request.headers),
    tags: request.tags && asTags(request.tags),
    // Bytes are sent with all the memory that they are a view of.
    body: typeof body === 'string' || body === null ? body : body.slice(),
    jar: jar?.stored(),
    expected: request.isExpected === usual ? 'default' : packTest(request.isExpected),
  };
}

/** The request of packed data, and the cookies that its answers store in the script's own jar. */
export function unpackCall(
  { expected, jar, ...call }: SentCall,
  { usual, nowMs }: { usual: CallRequest['isExpected']; nowMs: () => number },
): { request: CallRequest; storedCookies: StoredLine[] } {
  const storedCookies: StoredLine[] = [];
  const request: CallRequest = {
    ...call,
    isExpected: expected === 'default' ? usual : expected && ((status) => expected[status] === 1),
  };
  if (jar) request.jar = noting(createCookieJar(nowMs, jar), storedCookies);
  return { request, storedCookies };
}

function noting(jar: CookieJar, stored: StoredLine[]): CookieJar {
  return {
    ...jar,
    store(...line) {
      stored.push(line);
      jar.store(...line);
    },
  };
}

function textsOf(headers: Record<string, string>): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const name in headers) texts[name] = String(headers[name]);
  return texts;
}

const packed = new WeakMap<(status: number) => boolean, Uint8Array>();

/** The answers of a test for every status there is; a function cannot be sent. */
function packTest(test: CallRequest['isExpected']): Uint8Array | null {
  if (!test) return null;
  let answers = packed.get(test);
  if (!answers) {
    answers = Uint8Array.from({ length: STATUSES }, (_, status) => (test(status) ? 1 : 0));
    packed.set(test, answers);
  }
  return answers;
}
