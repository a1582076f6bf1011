import type { StoredCookie } from '../../load/http/cookie-jar.ts';
import type { PackedExchange } from '../../load/http/exchange.ts';
import type { HttpOptions } from '../../load/http/http-options.ts';
import type { SocketEvent, SocketRequest } from '../../load/http/web-socket.ts';
import type { MetricType } from '../../load/metrics/figures.ts';
import type { MetricContents, Tags } from '../../load/metrics/metrics.ts';
import type { SharedRows } from './shared-rows.ts';

/** The data with which the thread of a VU starts. */
export interface VuOrder {
  scriptPath: string;
  code: string;
  /** True if the outermost level of the code has an `await`. */
  waits: boolean;
  /** The name in front of the code's lines in stacks. */
  id: number;
  env: Record<string, string>;
  http: HttpOptions;
  /** The tags of samples that have none of their own, without those that the script sets. */
  baseTags: Tags;
  /** The options as the script exports them. */
  options: Record<string, unknown>;
  /** Counts the messages to the thread, so that it can sleep until the next one. */
  arrivals: SharedArrayBuffer;
}

/** A call of one of the script's functions. */
export interface FunctionCall {
  type: 'call';
  name: string;
  /** Absent if the argument is that of the call before. */
  argument?: { value: unknown };
  group: string;
  iterationCount: number;
  iteration:
    | { scenario: string; executor: string; startedAtMs: number; number: number }
    | undefined;
  elapsedMs: number;
}

export type ToVu =
  | FunctionCall
  | { type: 'ended'; id: number; end: CallEnd }
  | { type: 'socket'; id: number; event: SocketEvent }
  | { type: 'answer'; id: number; value?: unknown; error?: ThrownValue };

/** The end of a request. */
export type CallEnd =
  | { url: string; exchange: PackedExchange; storedCookies: StoredLine[] }
  | { failure: ThrownValue };

/** A `Set-Cookie` header that a script's own jar has to store, and the request that it answers. */
export type StoredLine = [setCookie: string, origin: string, path: string];

export interface FromVu {
  /** Everything that happened since the message before, in its order. */
  notes: Note[];
  /** The group and tags of the VU at the end of the notes. */
  group: string;
  tags: Record<string, string>;
  then: Then;
}

/** Something that the engine counts or shows. */
export type Note =
  | { type: 'log'; line: string }
  | { type: 'warning'; subject: string; message: string }
  | { type: 'sample'; metric: number; value: number; tags: Tags | undefined }
  | { type: 'group'; group: string }
  | { type: 'check'; group: string; name: string; passed: boolean }
  | { type: 'abort'; reason: string }
  | { type: 'fail'; reason: string }
  | { type: 'rejection'; error: ThrownValue };

/** The reason for which a thread sends its notes. */
export type Then =
  | { type: 'nothing' }
  | { type: 'ready' }
  | { type: 'send'; id: number; call: SentCall }
  | { type: 'ask'; id: number; question: Question }
  | { type: 'socket'; id: number; action: SocketAction }
  | { type: 'returned'; result: unknown }
  | { type: 'threw'; error: ThrownValue };

/** Something that the script does with one of its WebSockets. */
export type SocketAction =
  | { type: 'open'; request: SocketRequest }
  | { type: 'send'; data: string | Uint8Array }
  | { type: 'ping'; data: string }
  | { type: 'close'; code: number; reason: string }
  | { type: 'leave'; code: number }
  /** The script has taken events of so many bytes since it told so last. */
  | { type: 'taken'; bytes: number };

/** Something that only the engine knows. */
export type Question =
  | { about: 'metric'; name: string; metricType: MetricType; contains: MetricContents | undefined }
  | { about: 'run'; figure: RunFigure }
  | { about: 'progress' }
  /** The place in the script's files of a position in its bundle. */
  | { about: 'origin'; line: number; column: number }
  | { about: 'rendezvous'; name: string; size: number; timeoutMs: number }
  | { about: 'cookies'; origin: string; path: string }
  | { about: 'store-cookie'; line: StoredLine }
  | { about: 'delete-cookie'; origin: string; path: string; name: string }
  | { about: 'array'; name: string }
  | { about: 'array-built'; name: string; rows: SharedRows | undefined };

export type RunFigure =
  | 'iterationsCompleted'
  | 'iterationsInterrupted'
  | 'vusActive'
  | 'vusInitialized';

/** A request as plain data. */
export interface SentCall {
  method: string;
  url: string;
  headers: Record<string, string> | undefined;
  body: string | Uint8Array | null;
  timeoutMs: number;
  redirectsMax: number;
  tags: Record<string, string> | undefined;
  cookies: Record<string, string> | undefined;
  replacedCookies: ReadonlySet<string> | undefined;
  /** The cookies of the script's own jar; absent if the request uses the jar of the VU. */
  jar: StoredCookie[] | undefined;
  /** 1 for each status that is expected; `default`: those that are expected unless a script says otherwise. */
  expected: Uint8Array | 'default' | null;
  dropsBody: boolean;
}

/** A thrown value as plain data. */
export interface ThrownValue {
  kind: 'error' | 'interrupted' | 'request' | 'other';
  name: string;
  message: string;
  stack: string;
  /** `shop.js:12`, if it was thrown in a file of the script. */
  place?: string | undefined;
}
