import type { HistoryRecorder } from '../../history/operation-writer.ts';
import { createUrlSplitter } from '../../load/http/url.ts';
import { countOutcome, type OutcomeCounts } from '../../load/metrics/outcomes.ts';
import type { EndedCall, OperationInFlight } from '../../load/operations/operation-in-flight.ts';
import { createOperationRecorder } from '../../load/operations/operation-recorder.ts';
import type { Target } from '../../target/target.ts';
import type { Note } from './notes.ts';

/** Makes operations and outcomes of the notes made inside k6, by the same rules as for calls of our own engine. */
export interface NotedCalls {
  /** Adds a note that was made at a wall time, in milliseconds with fractions. */
  add(note: Note, atMs: number): void;
  /** Records the notes that are old enough for their order to be certain. To be called a few times a second. */
  settle(): void;
  /** Records all other notes, after the last one was added. Calls without an answer have an unknown outcome. */
  end(): void;
  /** The number of iterations that began. */
  iterationsBegun(): number;
}

export interface NotedCallsDeps {
  target: Target;
  history: HistoryRecorder;
  outcomes: OutcomeCounts;
  /** Converts a wall time to the time of the history's clock, both in milliseconds. */
  toMs: (wallMs: number) => number;
}

type InvokeNote = Extract<Note, { type: 'invoke' }> & { atMs: number };
type AnswerNote = Extract<Note, { type: 'answer' }> & { atMs: number };

/** k6 writes its samples in batches, so those of two VUs may come in the wrong order, but not by more than this, even on a busy machine. */
const OUT_OF_ORDER_MS_MAX = 5_000;

export function createNotedCalls({ target, history, outcomes, toMs }: NotedCallsDeps): NotedCalls {
  const splitUrl = createUrlSplitter();
  const inFlight = new Map<string, OperationInFlight>();
  let waiting: (InvokeNote | AnswerNote)[] = [];
  let latestMs = 0;
  let iterationsBegun = 0;
  /** The call id of the note that is being recorded. */
  let callId = '';

  const operations = createOperationRecorder({
    target,
    nextCallId: () => callId,
    history,
  });

  function invoke(note: InvokeNote): void {
    // k6 sends no request to a malformed URL either.
    if (!URL.canParse(note.url)) return;
    const { origin, path, authorization: ofUrl } = splitUrl(note.url);
    const headers = Object.entries(note.headers).flat();
    const authorization = Object.entries(note.headers).find(
      ([name]) => name.toLowerCase() === 'authorization',
    )?.[1];
    const { method, body } = note;
    const request = { method, origin, path, headers, body, timeoutMs: 0 };
    callId = note.callId ?? '';
    const operation = operations.begin(request, authorization ?? ofUrl);
    if (!operation) return;
    operation.invoke(toMs(note.atMs));
    inFlight.set(note.key, operation);
  }

  function answer(note: AnswerNote): void {
    const ended = endOf(note, toMs(note.atMs));
    const operation = inFlight.get(note.key);
    const meaning = operation ? operation.complete(ended) : operations.meaningOf(ended);
    countOutcome(outcomes, { answer: meaning, written: ended.written });
    inFlight.delete(note.key);
  }

  function release(untilMs: number): void {
    waiting.sort((a, b) => a.atMs - b.atMs);
    let count = 0;
    for (const note of waiting) {
      if (note.atMs > untilMs) break;
      if (note.type === 'invoke') invoke(note);
      else answer(note);
      count += 1;
    }
    waiting = waiting.slice(count);
  }

  return {
    add(note, atMs) {
      if (note.type === 'iteration') {
        iterationsBegun += 1;
        return;
      }
      waiting.push({ ...note, atMs });
      latestMs = Math.max(latestMs, atMs);
    },
    settle: () => release(latestMs - OUT_OF_ORDER_MS_MAX),
    end() {
      release(Number.POSITIVE_INFINITY);
      for (let left = inFlight.size; left > 0; left -= 1) {
        countOutcome(outcomes, { answer: undefined, written: true });
      }
      inFlight.clear();
    },
    iterationsBegun: () => iterationsBegun,
  };
}

/**
 * k6's numbers for calls that failed before a byte of the request was written: a malformed URL, no address, no
 * connection, no TLS (https://grafana.com/docs/k6/latest/javascript-api/error-codes/).
 */
const NEVER_SENT = new Set([1010, 1020, 1100, 1101, 1110, 1111, 1210, 1211, 1212, 1213]);
const isNeverSent = (code: number): boolean =>
  NEVER_SENT.has(code) || (code >= 1300 && code < 1400);

/** The operating system's names for k6's numbers, which are those that our own engine records. */
const CODES: Record<number, string> = {
  1050: 'TIMEOUT',
  1101: 'ENOTFOUND',
  1211: 'CONNECT_TIMEOUT',
  1212: 'ECONNREFUSED',
  1220: 'ECONNRESET',
};

function endOf(note: AnswerNote, endedAtMs: number): EndedCall {
  const { status, errorCode, body, headers = {}, cookies = {} } = note;
  let parsed: { value: unknown } | undefined;
  return {
    written: !isNeverSent(errorCode),
    status,
    failure: status === 0 ? { code: CODES[errorCode] ?? `K6_${errorCode}` } : undefined,
    json() {
      parsed ??= { value: parse(body) };
      return parsed.value;
    },
    text: () => body ?? '',
    header: (name) => headers[name],
    cookie: (name) => cookies[name],
    endedAtMs,
  };
}

function parse(body: string | undefined): unknown {
  try {
    return body === undefined ? undefined : JSON.parse(body);
  } catch {
    return undefined;
  }
}
