import { describe, expect, it } from 'vitest';
import { linesOf, parseLine, timeOf } from './k6-output.ts';

describe('linesOf', () => {
  it('joins lines that chunks cut, and yields a last line without a newline', async () => {
    async function* chunks() {
      yield 'on';
      yield 'e\ntwo\n\nth';
      yield 'ree';
    }
    const lines: string[] = [];
    for await (const line of linesOf(chunks())) lines.push(line);
    expect(lines).toEqual(['one', 'two', '', 'three']);
  });
});

describe('parseLine', () => {
  it('parses metrics, points and summaries', () => {
    const point = { type: 'Point', metric: 'vus', data: { time: '', value: 1, tags: null } };
    expect(parseLine(JSON.stringify(point))).toEqual(point);
    expect(parseLine('{"type":"Metric","metric":"vus"}')).toMatchObject({ metric: 'vus' });
    expect(parseLine('{"type":"Summary","returned":null}')).toMatchObject({ returned: null });
  });

  it.each(['hello', '', '{"type":"Other"}', '{"broken', '[1]', '{}'])(
    'takes %j for a line that the script printed',
    (line) => {
      expect(parseLine(line)).toBeUndefined();
    },
  );
});

describe('timeOf', () => {
  it.each([
    ['1970-01-01T00:00:01Z', 1_000],
    ['1970-01-01T00:00:01.5Z', 1_500],
    ['1970-01-01T00:00:01.123456789Z', 1_123.456789],
    ['1970-01-01T02:00:01.000250000+02:00', 1_000.25],
  ])('reads %s with the fractions of its milliseconds', (time, expected) => {
    expect(timeOf({ time, value: 0, tags: null })).toBeCloseTo(expected, 6);
  });
});
