import { describe, expect, it } from 'vitest';
import { createTagFilter } from './system-tags.ts';

const all = { status: '200', proto: 'HTTP/1.1', shop: 'one' };
const source = { allTags: () => all, tag: (name: string) => (name === 'vu' ? '7' : undefined) };

describe('createTagFilter', () => {
  it('returns all tags without a selection', () => {
    expect(createTagFilter(undefined)(source)).toBe(all);
  });

  it('keeps the selected system tags, adds selected tags of the VU, and keeps all tags of the script', () => {
    const filter = createTagFilter(['status', 'vu', 'ip']);
    expect(filter(source)).toEqual({ status: '200', shop: 'one', vu: '7' });
    expect(filter(source)).toBe(filter(source));
  });
});
