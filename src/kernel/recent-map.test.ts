import { describe, expect, it } from 'vitest';
import { createRecentMap } from './recent-map.ts';

describe('recent map', () => {
  it('computes once for keys in use, and drops keys that were long unused', () => {
    const computed: string[] = [];
    const lengthOf = createRecentMap(2, (key) => {
      computed.push(key);
      return key.length;
    });
    for (const key of ['a', 'bb', 'a', 'ccc', 'a', 'dddd', 'a', 'eeeee', 'bb']) {
      expect(lengthOf(key)).toBe(key.length);
    }
    expect(computed).toEqual(['a', 'bb', 'ccc', 'dddd', 'eeeee', 'bb']);
  });
});
