import { describe, expect, it } from 'vitest';
import { createTagFilter } from './system-tags.ts';

const all = { status: '200', proto: 'HTTP/1.1', shop: 'one' };
const source = { allTags: () => all, tag: (name: string) => (name === 'vu' ? '7' : undefined) };

describe('createTagFilter', () => {
  it('leaves everything where nothing is asked for', () => {
    expect(createTagFilter(undefined)(source)).toBe(all);
  });

  it('keeps the engine’s tags that are asked for, adds those of a VU, and never takes a script’s own', () => {
    const filter = createTagFilter(['status', 'vu', 'ip']);
    expect(filter(source)).toEqual({ status: '200', shop: 'one', vu: '7' });
    expect(filter(source)).toBe(filter(source));
  });
});
