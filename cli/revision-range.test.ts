import { expect, it } from 'vitest';
import { readRange } from './revision-range.ts';

it.each([
  ['main..HEAD', ['main', 'HEAD']],
  ['v1.0...v1.1', ['v1.0', 'v1.1']],
  ['origin/main..feature/fast', ['origin/main', 'feature/fast']],
  ['HEAD~3..HEAD', ['HEAD~3', 'HEAD']],
  ['main', undefined],
  ['main..', undefined],
  ['..HEAD', undefined],
  ['a..b..c', undefined],
  ['../shop.ts', undefined],
  ['load/../shop.ts', undefined],
  ['--out=a..b', undefined],
])('of %s', (text, range) => {
  expect(readRange(text)).toEqual(range);
});
