import { describe, expect, it } from 'vitest';
import { traceOf } from './trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('the trace of a request', () => {
  it('is read from the header, which stays unchanged', () => {
    const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;
    expect(traceOf({ traceparent })).toEqual({
      ...{ traceId: TRACE, spanId: '00f067aa0ba902b7', isSampled: true, traceparent },
    });
  });

  it('may have a later version that appends fields', () => {
    expect(traceOf({ traceparent: `cc-${TRACE}-00f067aa0ba902b7-01-what` })?.traceId).toBe(TRACE);
  });

  it.each([
    undefined,
    '',
    `00-${TRACE}-00f067aa0ba902b7`,
    `00-${TRACE}-00f067aa0ba902b7-01-what`,
    `00-${TRACE.toUpperCase()}-00f067aa0ba902b7-01`,
    `ff-${TRACE}-00f067aa0ba902b7-01`,
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `cc-${TRACE}-00f067aa0ba902b7-01${'-'.repeat(500)}`,
    `00-${TRACE}-00f067aa0ba902b7-01\u001b[31m`,
  ])('is undefined for a malformed header: %j', (traceparent) => {
    expect(traceOf({ traceparent })).toBeUndefined();
  });
});
