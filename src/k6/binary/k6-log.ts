import type { Exceptions } from '../../load/metrics/exceptions.ts';
import type { Bundle } from '../script/bundle.ts';

/**
 * Reads k6's log (`--log-format json`). Lines of the script's `console` go to our log, exceptions of the script are counted,
 * and k6's own warnings and errors go to our log once each.
 */
export interface K6Log {
  add(line: string): void;
  /** The text of the last error; undefined without any. */
  lastError(): string | undefined;
  abortedByThreshold(): boolean;
}

interface Entry {
  level?: string;
  msg?: string;
  error?: string;
  source?: string;
}

/** The number of different warnings and errors of k6 that are logged. Each is logged once, for many recur with every request. */
const MESSAGES_MAX = 20;

export function createK6Log(deps: {
  originOf: Bundle['originOf'];
  exceptions: Exceptions;
  log: (line: string) => void;
}): K6Log {
  const { originOf, exceptions, log } = deps;
  const logged = new Set<string>();
  let lastError: string | undefined;
  let abortedByThreshold = false;

  /** Describes an error like `Error: boom\n\tat default (file:///-:9:72(45))` with file and line of the source. */
  function describe(message: string): string {
    const [first = '', ...frames] = message.split('\n');
    const place = /file:\/\/\/-:(\d+):(\d+)/.exec(frames.join('\n') || first);
    const origin = place ? originOf(Number(place[1]), Number(place[2])) : undefined;
    return origin ? `${origin.file}:${origin.line}: ${first}` : first;
  }

  function logOnce(line: string): void {
    if (logged.has(line) || logged.size === MESSAGES_MAX) return;
    logged.add(line);
    log(line);
  }

  function read({ level, msg = '', error, source }: Entry): void {
    if (source === 'console') log(level === 'info' ? msg : `${level}: ${msg}`);
    else if (source === 'http-debug') msg.split(/\r?\n/).forEach(log);
    else if (source === 'stacktrace') exceptions.record(describe(msg));
    // We judge thresholds and report them ourselves.
    else if (msg.startsWith('thresholds on metrics') && !/abortOnFail/.test(msg)) return;
    else if (level === 'error' || level === 'fatal') {
      lastError = describe(msg);
      abortedByThreshold ||= /abortOnFail/.test(msg);
      logOnce(`k6: ${lastError}`);
    } else if (level === 'warning')
      logOnce(`k6: ${msg}${error === undefined ? '' : ` (${error})`}`);
  }

  return {
    add(line) {
      if (line === '') return;
      let entry: Entry;
      try {
        entry = JSON.parse(line) as Entry;
      } catch {
        lastError = line;
        logOnce(`k6: ${line}`);
        return;
      }
      read(entry);
    },
    lastError: () => lastError,
    abortedByThreshold: () => abortedByThreshold,
  };
}
