import { expect, it } from 'vitest';
import { pathId } from './path-id.ts';

it('a UUID is read in lower case', () => {
  expect(pathId('018F0000-0000-7000-8000-00000000000A')).toBe(
    '018f0000-0000-7000-8000-00000000000a',
  );
});

it.each(['', '42', '018f0000-0000-7000-8000-00000000000', '018f0000-0000-7000-8000-00000000000g'])(
  '%j is not found',
  (text) => {
    expect(() => pathId(text)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  },
);
