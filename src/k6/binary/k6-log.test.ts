import { describe, expect, it } from 'vitest';
import { createK6Log } from './k6-log.ts';

/** Reads lines of k6's log. Positions of the bundle are mapped to the same line of `script.ts`. */
function read(...lines: (string | object)[]) {
  const logged: string[] = [];
  const thrown: unknown[] = [];
  const k6Log = createK6Log({
    originOf: (line) => ({ file: 'script.ts', line }),
    exceptions: { record: (error: unknown) => thrown.push(error) } as never,
    log: (line) => logged.push(line),
  });
  for (const line of lines) k6Log.add(typeof line === 'string' ? line : JSON.stringify(line));
  return { k6Log, logged, thrown };
}

describe('k6’s log', () => {
  it('shows what the script prints, with the level if it is not info', () => {
    const { logged } = read(
      { level: 'info', msg: 'hello', source: 'console' },
      { level: 'warning', msg: 'careful', source: 'console' },
      { level: 'debug', msg: 'GET /\r\nHost: a', source: 'http-debug' },
    );
    expect(logged).toEqual(['hello', 'warning: careful', 'GET /', 'Host: a']);
  });

  it('counts an exception of the script, by its file and line', () => {
    const { thrown, logged } = read({
      level: 'error',
      msg: 'RangeError: odd\n\tat default (file:///-:9:72(45))',
      source: 'stacktrace',
    });
    expect(thrown).toEqual(['script.ts:9: RangeError: odd']);
    expect(logged).toEqual([]);
  });

  it('shows each of k6’s own warnings and errors once, and 20 at most', () => {
    const warning = { level: 'warning', msg: 'Request Failed', error: 'refused' };
    expect(read(warning, warning).logged).toEqual(['k6: Request Failed (refused)']);
    const many = Array.from({ length: 30 }, (_, n) => ({ level: 'warning', msg: `no. ${n}` }));
    expect(read(...many).logged).toHaveLength(20);
  });

  it('keeps the last error', () => {
    const { k6Log, logged } = read({ level: 'error', msg: 'first' }, 'panic: second', '');
    expect(k6Log.lastError()).toBe('panic: second');
    expect(logged).toEqual(['k6: first', 'k6: panic: second']);
    expect(read().k6Log.lastError()).toBeUndefined();
  });

  it('leaves missed thresholds out, unless one of them aborts the run', () => {
    const missed = { level: 'error', msg: "thresholds on metrics 'checks' have been crossed" };
    const { k6Log, logged } = read(missed);
    expect([logged, k6Log.lastError(), k6Log.abortedByThreshold()]).toEqual([[], undefined, false]);
    const aborting = { ...missed, msg: `${missed.msg} (abortOnFail)` };
    expect(read(aborting).k6Log.abortedByThreshold()).toBe(true);
  });
});
