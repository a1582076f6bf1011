import type { Request } from 'express';
import { expect, it } from 'vitest';
import { callIdOf } from './call-id.ts';

const request = (headers: object) => ({ headers }) as Request;

it('is the id that the client sent, or undefined without one', () => {
  expect(callIdOf(request({ 'x-call-id': 'run-1:vu-2.3' }))).toBe('run-1:vu-2.3');
  expect(callIdOf(request({}))).toBeUndefined();
});

it.each(['', 'a b', 'é', 'x'.repeat(101)])('is refused when it is %j', (sent) => {
  expect(() => callIdOf(request({ 'x-call-id': sent }))).toThrow(
    expect.objectContaining({ code: 'VALIDATION_FAILED' }),
  );
});
