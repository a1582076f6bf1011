import { expect, it } from 'vitest';
import { createLibraryTest } from './libraries.ts';

const CODE = '// shop.js\nbuy();\n//! library.js\nstore();\n// client.js\nget();\n';
const K6 = { path: 'k6/http', kind: 'import-statement', external: true } as const;

const input = (bytes: number, imports: (typeof K6)[] = []) => ({ bytes, imports });
const at = (text: string): number => CODE.indexOf(text);

it('a large file that does not import k6 is a library', () => {
  const isLibrary = createLibraryTest(CODE, {
    'shop.js': input(49_999),
    'library.js': input(50_000),
    'client.js': input(90_000, [K6]),
  });
  expect(['buy', 'store', 'get'].map((text) => isLibrary(at(text)))).toEqual([false, true, false]);
  expect(isLibrary(0)).toBe(false);
});

it('without large files nothing is', () => {
  const isLibrary = createLibraryTest(CODE, { 'shop.js': input(10), 'library.js': input(10) });
  expect(isLibrary(at('store'))).toBe(false);
});
