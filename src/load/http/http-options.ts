import type { HttpDebug } from './http-debug.ts';
import type { NameOptions } from './name-lookup.ts';
import type { TlsOptions } from './tls.ts';

export interface HttpOptions {
  userAgent: string;
  redirectsMax: number;
  discardResponseBodies: boolean;
  /** Requests without an answer throw instead of answering with status 0. */
  throwOnFailure: boolean;
  insecureSkipTlsVerify: boolean;
  /** Absent: as Node has it. */
  tls?: TlsOptions;
  /** Absent: the system looks names up, and every address may be connected to. */
  names?: NameOptions;
  /** Of all VUs together; absent: no limit. */
  requestsPerSecondMax?: number;
  /** Where names lead instead of where they are looked up, by `name`, `name:port` or `*.name`. */
  hosts: Record<string, HostTarget>;
  /** How long a connection is kept: from one request to the next, to the end of the iteration, or for the VU's life. */
  keepConnections: 'never' | 'iteration' | 'always';
  /** Requests of one `http.batch` in flight at a time, in all and per host. */
  batchMax: number;
  batchPerHostMax: number;
  /** Requests and answers are told of in the log; absent: they are not. */
  debug?: HttpDebug;
  /** Keep a VU's cookies from one iteration to the next. */
  keepCookies: boolean;
}

/** An address, and a port where it is not that of the URL. */
export interface HostTarget {
  host: string;
  port?: number;
}
