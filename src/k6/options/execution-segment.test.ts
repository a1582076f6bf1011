import { describe, expect, it } from 'vitest';
import { readSegment } from './execution-segment.ts';

describe('an execution segment', () => {
  it.each([
    ['1/3:2/3', 1, 3],
    ['0:1', 0, 1],
    ['1', 0, 1],
    ['1/4', 0, 4],
    ['0.75:1', 3, 4],
    ['20%:40%', 1, 5],
    ['2/4:0.75', 2, 4],
    ['999/1000:1', 999, 1000],
  ])('%s is part %i of %i, counted from 0', (segment, index, of) => {
    expect(readSegment(segment, undefined)).toEqual({ index, of, processes: of });
  });

  it.each(['1/2:1/2', '1/2:1/3', '0:2', '0:1/2:1', 'a:b', ':', '-1/2:1', '1/0:1', '%:1'])(
    '%s is refused',
    (segment) => {
      expect(() => readSegment(segment, undefined)).toThrow(/is no part of the whole/);
    },
  );

  it.each(['1/3:1', '1/4:5/12', '0:0.3333'])('%s is refused: parts are of one size', (segment) => {
    expect(() => readSegment(segment, undefined)).toThrow(/not one of several parts of one size/);
  });

  it('agrees with its sequence, or is refused', () => {
    expect(readSegment('1/3:2/3', '0,1/3,2/3,1')).toMatchObject({ index: 1, of: 3 });
    expect(readSegment('', '')).toBeUndefined();
    for (const sequence of ['0,1/3,1', '0,1/2,2/3,1', '0,1/3,2/3', 'all']) {
      expect(() => readSegment('1/3:2/3', sequence)).toThrow(/does not cut the whole into 3/);
    }
    expect(() => readSegment(undefined, '0,1')).toThrow(/without an execution segment/);
  });
});
