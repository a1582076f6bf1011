import { expect, it } from 'vitest';
import { createCallIds } from '../load/operations/call-ids.ts';
import { newId } from './ids.ts';
import { traceOfCall, traceparentOf } from './trace-ids.ts';

it('the trace of a call has the digits of its call id', () => {
  const trace = traceOfCall('0a1b2c3d-4e5f-8a0b-a1c2-00000000002a');
  expect(trace).toEqual({
    traceId: '0a1b2c3d4e5f8a0ba1c200000000002a',
    spanId: 'a1c200000000002a',
  });
  expect(traceparentOf(trace as NonNullable<typeof trace>)).toBe(
    '00-0a1b2c3d4e5f8a0ba1c200000000002a-a1c200000000002a-01',
  );
});

it('every call id of the engine has a trace, and no other id has', () => {
  const nextCallId = createCallIds('f'.repeat(20));
  expect(traceOfCall(nextCallId())).toBeDefined();
  expect(traceOfCall(newId())).toBeUndefined();
  expect(traceOfCall(crypto.randomUUID())).toBeUndefined();
  expect(traceOfCall('my-call')).toBeUndefined();
  expect(traceOfCall(undefined)).toBeUndefined();
});
