import MagicString from 'magic-string';
import { expect, it } from 'vitest';
import { finishEdits } from './edited-text.ts';

const TEXT = 'first\ncall(a);\n\nlast';

function edited() {
  const text = new MagicString(TEXT);
  text.appendRight(6, '(await ');
  text.appendLeft(13, ')');
  text.update(16, 20, 'replaced');
  return finishEdits(text);
}

it('has the edits', () => {
  expect(edited().code).toBe('first\n(await call(a));\n\nreplaced');
});

it.each([
  [
    { line: 1, column: 3 },
    { line: 1, column: 3 },
  ],
  // `call`, which was moved by the inserted text.
  [
    { line: 2, column: 8 },
    { line: 2, column: 1 },
  ],
  [
    { line: 2, column: 13 },
    { line: 2, column: 6 },
  ],
  // Within `(await `, and at the inserted `)`.
  [
    { line: 2, column: 1 },
    { line: 2, column: 1 },
  ],
  [
    { line: 2, column: 3 },
    { line: 2, column: 1 },
  ],
  [
    { line: 2, column: 15 },
    { line: 2, column: 8 },
  ],
  // The end of a line, and a line without any text.
  [
    { line: 2, column: 17 },
    { line: 2, column: 9 },
  ],
  [
    { line: 3, column: 1 },
    { line: 3, column: 1 },
  ],
  [
    { line: 4, column: 1 },
    { line: 4, column: 1 },
  ],
])('leads from %j to %j', (after, before) => {
  expect(edited().before(after.line, after.column)).toEqual(before);
});
