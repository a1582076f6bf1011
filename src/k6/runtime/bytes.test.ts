import { expect, it } from 'vitest';
import { bytesOf } from './bytes.ts';

it('bytesOf reads text, buffers and views, and refuses anything else', () => {
  const { buffer } = new Uint8Array([1, 2, 3]);
  expect([...bytesOf('hé')]).toEqual([104, 0xc3, 0xa9]);
  expect([...bytesOf(buffer)]).toEqual([1, 2, 3]);
  expect([...bytesOf(new DataView(buffer, 1, 2))]).toEqual([2, 3]);
  expect(() => bytesOf(5)).toThrow('expected a string or an ArrayBuffer');
});
