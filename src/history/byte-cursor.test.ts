import { expect, it } from 'vitest';
import { ByteCursor } from './byte-cursor.ts';
import { hashOf, TextTable } from './text-table.ts';

/** The number of the text whose bytes stand before a closing quote; -1 for one that is left to JSON.parse. */
function numberOf(bytes: Uint8Array, table: TextTable): number {
  const line = Buffer.concat([Buffer.from('"'), bytes, Buffer.from('",')]);
  const cursor = new ByteCursor(table);
  cursor.begin(line, 1, line.length);
  return cursor.text();
}

it('knows a text of any length again that was added as a string', () => {
  const table = new TextTable();
  for (let length = 0; length < 12; length++) {
    const text = 'abcdefghijkl'.slice(0, length);
    expect(table.add(text)).toBe(numberOf(Buffer.from(text), table));
    expect(table.texts.filter((known) => known === text)).toHaveLength(1);
  }
});

it.each([3, 8])('takes a text of %i bytes if each of them stands for itself', (length) => {
  const isPlain = (byte: number) =>
    byte >= 0x20 && byte <= 0x7e && !['"', '\\'].includes(String.fromCharCode(byte));
  for (let byte = 0; byte < 256; byte++) {
    if (byte === 0x22) continue;
    for (let place = 0; place < length; place++) {
      const bytes = Buffer.alloc(length, '0').fill(byte, place, place + 1);
      expect(numberOf(bytes, new TextTable()) > 0, `${byte} at ${place}`).toBe(isPlain(byte));
    }
  }
});

it('ends a text at its first quote', () => {
  const table = new TextTable();
  for (let place = 0; place < 8; place++) {
    const number = numberOf(Buffer.alloc(8, 'x').fill('"', place, place + 1), table);
    expect(table.texts[number]).toBe('x'.repeat(place));
  }
});

it('gives numbered ids different hashes', () => {
  const hashes = new Set<number>();
  for (let number = 0; number < 10_000; number++) {
    hashes.add(hashOf(`a0000000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`));
  }
  expect(hashes.size).toBeGreaterThan(9_990);
});
