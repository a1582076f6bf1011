import type { HttpDebug } from './http-debug.ts';
import type { NameOptions } from './name-lookup.ts';
import type { TlsOptions } from './tls.ts';

/** The options of the HTTP client, of calls and of `http.batch`. */
export interface HttpOptions {
  userAgent: string;
  redirectsMax: number;
  discardResponseBodies: boolean;
  /** Requests without an answer throw instead of answering with status 0. */
  throwOnFailure: boolean;
  insecureSkipTlsVerify: boolean;
  /** Absent: Node's defaults. */
  tls?: TlsOptions;
  /** Absent: the system looks names up, and every address may be connected to. */
  names?: NameOptions;
  /** For all VUs together; absent: no limit. */
  requestsPerSecondMax?: number;
  /** Addresses that replace a look-up, by `name`, `name:port` or `*.name`. */
  hosts: Record<string, HostTarget>;
  /** The time for which a connection is kept: one request, one iteration, or the life of the VU. */
  keepConnections: 'never' | 'iteration' | 'always';
  /** The most requests of one `http.batch` in flight at a time, in total and per host. */
  batchMax: number;
  batchPerHostMax: number;
  /** The part of requests and answers that is logged; absent: nothing. */
  debug?: HttpDebug;
  /** True when a VU keeps its cookies from one iteration to the next. */
  keepCookies: boolean;
}

/** An address, and a port if it differs from the port of the URL. */
export interface HostTarget {
  host: string;
  port?: number;
}
