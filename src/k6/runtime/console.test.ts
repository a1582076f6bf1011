import { expect, it } from 'vitest';
import { describeWithK6, runInK6 } from '../../../test/k6.ts';
import { createConsole } from './console.ts';

it('console shows values side by side, and the level', () => {
  const log: string[] = [];
  const console = createConsole((line) => log.push(line));
  console.log?.('%s', { a: [1] }, null, undefined, () => 1);
  console.info?.(new TypeError('no'));
  console.debug?.('seen');
  console.warn?.('odd');
  console.error?.('bad');
  expect(log).toEqual([
    '%s { a: [ 1 ] } null undefined [object Function]',
    'TypeError: no',
    ...['debug: seen', 'warning: odd', 'error: bad'],
  ]);
});

/** Expressions and what k6's console shows of them. */
const SHOWN: [expression: string, line: string][] = [
  [`[1, 'x', [2], []]`, '[ 1, "x", [ 2 ], [] ]'],
  [`[1, , undefined, null]`, '[ 1, null, null, null ]'],
  [
    `{ 'a b': 'q"uote', n: { u: undefined, f() {} } }`,
    '{ a b: "q"uote", n: { u: null, f: [object Function] } }',
  ],
  [`{}`, '{}'],
  [`new Date(5)`, '"1970-01-01T00:00:00.005Z"'],
  [`[new Date(NaN)]`, '[ {} ]'],
  [`[new TypeError('no'), Symbol('s'), 5n, -0, true]`, '[ TypeError: no, "s", 5, 0, true ]'],
  [`Symbol('s')`, 's'],
  [`((c) => { c.c = c; return c; })({})`, '{ c: [Circular] }'],
  [`((same) => [same, same])({ a: 1 })`, '[ { a: 1 }, { a: 1 } ]'],
  [`new Map([[1, 2]])`, '{}'],
  [`new Uint8Array([1, 2])`, 'Uint8Array(2) [ 1, 2 ]'],
  [`new Uint8ClampedArray(0)`, 'Uint8Array(0) []'],
  [`new Float64Array([0.5])`, 'Float64Array(1) [ 0.5 ]'],
  [`new Uint8Array([1, 255]).buffer`, 'ArrayBuffer { [Uint8Contents]: <01 ff>, byteLength: 2 }'],
  [`{ toJSON() { return 'x'; } }`, '{ toJSON: [object Function] }'],
];
const CALLS = SHOWN.map(([expression]) => `console.log((${expression}));`).join('\n');
const LINES = SHOWN.map(([, line]) => line);

it('console shows objects by their members', () => {
  const log: string[] = [];
  const console = createConsole((line) => log.push(line));
  new Function('console', CALLS)(console);
  expect(log).toEqual(LINES);
});

describeWithK6('in k6', () => {
  it('console shows objects by their members', async () => {
    const { log } = await runInK6(`export default function () { ${CALLS} }`);
    expect(log).toEqual(LINES);
  });
});
