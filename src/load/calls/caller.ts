import type { CookieJar } from '../http/cookie-jar.ts';
import type { HttpOptions } from '../http/http-options.ts';
import type { TagSource } from '../metrics/metrics.ts';
import type { Release } from '../rendezvous/release.ts';

/** The VU as its calls use it. */
export interface Caller extends TagSource {
  /** True once the iteration was interrupted: no request begins any more. */
  readonly interrupted: boolean;
  readonly group: string;
  readonly cookies: CookieJar;
  readonly http: HttpOptions;
  readonly currentIteration: { latenessMs: number } | undefined;
  /** Set after a rendezvous, until the next request reports to it. */
  release: Release | undefined;
  /** A request that the iteration waits for has begun. */
  began(): void;
  /** A request that the iteration waits for has ended. */
  ended(): void;
  pause(durationMs: number): Promise<void>;
  readonly log: (line: string) => void;
}
