import { Agent, type Dispatcher, EnvHttpProxyAgent, fetch, type Response } from 'undici';
import { rootMessage } from '../../kernel/errors.ts';

const TIMEOUT_MS = 30_000;
const REDIRECTS_MAX = 10;
/** Far more than any module has. Behind a wrong URL there may be a download without an end. */
const BYTES_MAX = 10_000_000;

/**
 * Fetches the text of a module at an http(s) URL. The module runs with the rights of the person who runs the script, so it
 * has to come over https, as in k6; http is accepted from this machine alone. The proxies of HTTP_PROXY, HTTPS_PROXY and
 * NO_PROXY are used, as in k6.
 *
 * @throws Error that says in a few words why there is no module; also when `abandoned` is aborted
 */
export async function fetchModule(
  url: string,
  { timeoutMs = TIMEOUT_MS, abandoned }: { timeoutMs?: number; abandoned?: AbortSignal } = {},
): Promise<string> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = abandoned ? AbortSignal.any([timeout, abandoned]) : timeout;
  let at = new URL(url);
  try {
    for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects += 1) {
      const answer = await request(at, signal);
      if (typeof answer === 'string') return answer;
      at = answer;
    }
  } catch (error) {
    const elsewhere = at.href === url ? '' : ` (at ${at.href}, where it was redirected to)`;
    throw new Error(`${reasonOf(error, at, timeoutMs)}${elsewhere}`, { cause: error });
  }
  throw new Error(`it was redirected more than ${REDIRECTS_MAX} times`);
}

/** Sends one request; answers with the text of the module, or with the URL that the server redirects to. */
async function request(url: URL, signal: AbortSignal): Promise<string | URL> {
  const isHere = /^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(isHere && url.protocol === 'http:')) {
    throw new Error('modules come over https, and over http from this machine only');
  }
  const dispatcher: Dispatcher = isHere ? new Agent() : new EnvHttpProxyAgent();
  try {
    const answer = await fetch(url, { dispatcher, signal, redirect: 'manual' });
    const location = answer.headers.get('location');
    if (answer.status >= 300 && answer.status < 400 && location) return new URL(location, url);
    if (answer.status !== 200) {
      throw new Error(`the server answered ${answer.status} ${answer.statusText}`.trimEnd());
    }
    return await readText(answer);
  } finally {
    await dispatcher.destroy();
  }
}

async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > BYTES_MAX) throw new Error(`it is larger than ${BYTES_MAX / 1e6} MB`);
    chunks.push(chunk);
  }
  const text = new TextDecoder().decode(Buffer.concat(chunks));
  // Code hosts answer with a page about the file, others with a page to log in.
  if (text.trimStart().startsWith('<')) throw new Error('the answer is a page of HTML, no script');
  return text;
}

function reasonOf(error: unknown, url: URL, timeoutMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return `there was no answer within ${timeoutMs / 1_000} s`;
  }
  // Address and port are those of the proxy, if there is one.
  const { code, hostname, address, port } = ((error as Error).cause ?? {}) as SystemError;
  switch (code) {
    case 'ECONNREFUSED':
      return `nothing listens at ${address === undefined ? url.host : `${address}:${port}`}`;
    case 'ENOTFOUND':
      return `there is no host ${hostname ?? url.hostname}`;
    case 'EAI_AGAIN':
      return `the host ${hostname ?? url.hostname} cannot be looked up`;
    case 'UND_ERR_CONNECT_TIMEOUT':
      return `${url.host} cannot be reached`;
    default:
      return rootMessage(error);
  }
}

/** The fields of Node's errors of connections. */
interface SystemError {
  code?: string;
  hostname?: string;
  address?: string;
  port?: number;
}
