import { describe, expect, it } from 'vitest';
import { HAS_OWN_JSON, setupJson } from './setup-json.ts';

describe('what setup returns', () => {
  it.each<[string, unknown, unknown]>([
    ['a map', { m: new Map([[1, 2]]) }, { m: [[1, 2]] }],
    ['a set', new Set(['a']), ['a']],
    ['a date', [new Date(0), new Date(1_500)], ['1970-01-01T00:00:00Z', '1970-01-01T00:00:01.5Z']],
    ['nothing', { u: undefined, list: [undefined] }, { u: null, list: [null] }],
    [
      'what the engine made',
      { r: { [HAS_OWN_JSON]: true, toJSON: () => ({ n: 1 }) } },
      { r: { n: 1 } },
    ],
    ['a big number', { n: 5n }, { n: 5 }],
    ['a symbol', Symbol('q'), 'q'],
    ['bytes', new Uint8Array([1, 2]), 'AQI='],
    ['numbers of 16 bits', new Uint16Array([1, 2]), [1, 2]],
  ])('%s arrives as in k6', (_, data, expected) => {
    expect(JSON.parse(setupJson(data))).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ['"buy" is a function', { buy() {} }],
    ['"0" is a function', [() => 1]],
    ['"rate" is NaN', { rate: Number.NaN }],
    ['it is Infinity', Number.POSITIVE_INFINITY],
    ['"x" is an object with toJSON()', { x: { toJSON: () => 5 } }],
  ])('is refused if %s', (why, data) => {
    expect(() => setupJson(data)).toThrow(why);
  });
});
