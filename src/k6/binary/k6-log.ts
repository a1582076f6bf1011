import type { Exceptions } from '../../load/metrics/exceptions.ts';
import type { Bundle } from '../script/bundle.ts';

/** Reads k6's log (`--log-format json`): what the script prints, what it throws, what k6 complains of. */
export interface K6Log {
  add(text: string): void;
  /** In words; undefined without any. */
  lastError(): string | undefined;
  abortedByThreshold(): boolean;
}

interface Entry {
  level?: string;
  msg?: string;
  error?: string;
  source?: string;
}

/** Complaints that recur with every request are told once, and no more different ones than these. */
const COMPLAINTS_MAX = 20;

export function createK6Log(deps: {
  originOf: Bundle['originOf'];
  exceptions: Exceptions;
  log: (line: string) => void;
}): K6Log {
  const { originOf, exceptions, log } = deps;
  const complaints = new Set<string>();
  let lastError: string | undefined;
  let abortedByThreshold = false;

  /** `Error: boom\n\tat default (file:///-:9:72(45))` with file and line as they were written. */
  function describe(message: string): string {
    const [first = '', ...frames] = message.split('\n');
    const place = /file:\/\/\/-:(\d+):(\d+)/.exec(frames.join('\n') || first);
    const origin = place ? originOf(Number(place[1]), Number(place[2])) : undefined;
    return origin ? `${origin.file}:${origin.line}: ${first}` : first;
  }

  function complain(line: string): void {
    if (complaints.has(line) || complaints.size === COMPLAINTS_MAX) return;
    complaints.add(line);
    log(line);
  }

  function read({ level, msg = '', error, source }: Entry): void {
    if (source === 'console') log(level === 'info' ? msg : `${level}: ${msg}`);
    else if (source === 'http-debug') msg.split(/\r?\n/).forEach(log);
    else if (source === 'stacktrace') exceptions.record(describe(msg));
    // Thresholds are judged and told here.
    else if (msg.startsWith('thresholds on metrics') && !/abortOnFail/.test(msg)) return;
    else if (level === 'error' || level === 'fatal') {
      lastError = describe(msg);
      abortedByThreshold ||= /abortOnFail/.test(msg);
      complain(`k6: ${lastError}`);
    } else if (level === 'warning')
      complain(`k6: ${msg}${error === undefined ? '' : ` (${error})`}`);
  }

  return {
    add(text) {
      if (text === '') return;
      let entry: Entry;
      try {
        entry = JSON.parse(text) as Entry;
      } catch {
        lastError = text;
        complain(`k6: ${text}`);
        return;
      }
      read(entry);
    },
    lastError: () => lastError,
    abortedByThreshold: () => abortedByThreshold,
  };
}
