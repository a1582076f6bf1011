import { afterEach, expect, it } from 'vitest';
import { createGlobalObject } from './global-object.ts';

const global = createGlobalObject({
  console: 'own',
  open: 'file',
  process: undefined,
}) as never as Record<string, unknown>;

afterEach(() => Reflect.deleteProperty(globalThis, 'sold'));

it('has the globals of the language and those of the VU', () => {
  expect([global.JSON, global.console, global.open]).toEqual([JSON, 'own', 'file']);
  expect(['JSON' in global, 'open' in global]).toEqual([true, true]);
});

it.each(['process', 'Buffer', 'fetch', 'setImmediate', 'queueMicrotask'])(
  'hides %s of Node, however it is asked for',
  (name) => {
    expect(global[name]).toBeUndefined();
    expect(name in global).toBe(false);
    expect(Object.hasOwn(global, name)).toBe(false);
    expect(Object.getOwnPropertyNames(global)).not.toContain(name);
  },
);

it('is one object under all of its names', () => {
  expect([global.globalThis, global.global]).toEqual([global, global]);
});

it('makes variables of what is assigned to it, as the bare one does', () => {
  global.sold = 3;
  expect([global.sold, (globalThis as never as Record<string, unknown>).sold]).toEqual([3, 3]);
  delete global.sold;
  expect('sold' in globalThis).toBe(false);
});

it('shows what a script puts in place of what is hidden, and leaves that of Node alone', () => {
  const other = createGlobalObject({}) as never as Record<string, unknown>;
  other.Buffer = 'a polyfill';
  expect([other.Buffer, typeof Buffer]).toEqual(['a polyfill', 'function']);
});
