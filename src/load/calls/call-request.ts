import type { CookieJar } from '../http/cookie-jar.ts';
import type { Exchange } from '../http/exchange.ts';

/** A request as a script's module asks for it. */
export interface CallRequest {
  method: string;
  url: string;
  headers: Record<string, string> | undefined;
  body: string | Uint8Array | null;
  timeoutMs: number;
  /** Set if the script drops the body of the answer. */
  dropsBody?: boolean;
  redirectsMax: number;
  /** Tags of this request, `name` among them. */
  tags: Record<string, unknown> | undefined;
  /** Cookies of this request alone, sent beside those of the jar. */
  cookies: Record<string, string> | undefined;
  /** Names of cookies of the jar that this request leaves out, because it has its own. */
  replacedCookies?: ReadonlySet<string>;
  /** The jar that cookies are read from and stored in; default: the VU's. */
  jar?: CookieJar;
  /** True for statuses that are no failure; null: the request counts neither as failed nor as successful. */
  isExpected: ((status: number) => boolean) | null;
}

/** The end of a call: its last exchange, after redirects. */
export interface CallResult {
  url: string;
  exchange: Exchange;
}

/** Receives the end of a call; exactly one of the two is called. */
export interface CallListener {
  /** The call ended, with an answer or without one. */
  done(result: CallResult): void;
  /** Nothing could be sent (a malformed request), or the iteration was interrupted. */
  failed(error: unknown): void;
}

/** The calls of one VU: sends requests, records them in the history, measures them and returns their ends. */
export interface Calls {
  send(request: CallRequest, listener: CallListener): void;
  /** Sends a request for which its VU does not wait, wherever VUs wait. */
  sendBeside(request: CallRequest, listener: CallListener): void;
  /** Ends every request in flight now. */
  cancelAll(): void;
  /** Closes the connections. */
  close(): void;
}
