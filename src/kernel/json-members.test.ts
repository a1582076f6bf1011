import { expect, it } from 'vitest';
import { namesMemberTwice } from './json-members.ts';

const isTwice = (json: string): boolean => namesMemberTwice(json, JSON.parse(json));

it.each(['{"a":1,"a":2}', '{"a":1,"\\u0061":1}', '[{"b":{"a":1,"c":2,"a":3}}]', '{"":1,"":1}'])(
  'finds a name that an object has twice: %s',
  (json) => {
    expect(isTwice(json)).toBe(true);
  },
);

it.each([
  ...['{"a":1,"b":{"a":2}}', '[{"a":1},{"a":1}]', '{"a:b":"c:\\":d","e":"\\\\"}'],
  ...['{}', '[]', '7', '":"', 'null', '{"__proto__":{"a":1},"a":null}'],
])('finds none in %s', (json) => {
  expect(isTwice(json)).toBe(false);
});
