import { expect, it } from 'vitest';
import { createConsole } from './console.ts';

it('console shows objects as JSON, values side by side, and the level', () => {
  const log: string[] = [];
  const console = createConsole((line) => log.push(line));
  const circle: { self?: object } = {};
  circle.self = circle;
  console.log?.('%s', { a: [1] }, null, undefined, () => 1);
  console.info?.(new TypeError('no'), circle);
  console.debug?.('seen');
  console.warn?.('odd');
  console.error?.('bad');
  expect(log).toEqual([
    '%s {"a":[1]} null undefined [object Function]',
    'TypeError: no [object Object]',
    ...['debug: seen', 'warning: odd', 'error: bad'],
  ]);
});
