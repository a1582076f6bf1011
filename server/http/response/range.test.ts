import { expect, it } from 'vitest';
import { readRange } from './range.ts';

it.each([
  ['bytes=0-9', { first: 0, last: 9 }],
  ['bytes=90-', { first: 90, last: 99 }],
  ['bytes=-10', { first: 90, last: 99 }],
  ['bytes=99-99', { first: 99, last: 99 }],
  // More than there is means all that there is of it.
  ['bytes=50-1000', { first: 50, last: 99 }],
  ['bytes=-1000', { first: 0, last: 99 }],
])('S3.2 finds the part of %s in a file of 100 bytes', (header, part) => {
  expect(readRange(header, 100)).toEqual(part);
});

it.each([undefined, '', 'bytes=-', 'bytes=5-4', 'bytes=0-1,5-6', 'lines=0-1', 'bytes=a-b'])(
  'S3.2 takes %s for a wish for the whole file',
  (header) => {
    expect(readRange(header, 100)).toBe('all');
  },
);

it.each(['bytes=100-', 'bytes=100-200', 'bytes=-0'])(
  'S3.2 finds nothing of %s in a file of 100 bytes',
  (header) => {
    expect(readRange(header, 100)).toBe('none');
  },
);

it('S3.2 finds no part of an empty file', () => {
  expect([readRange('bytes=0-', 0), readRange('bytes=-1', 0)]).toEqual(['none', 'none']);
});
