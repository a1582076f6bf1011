import type MagicString from 'magic-string';

/** A position in a text; line and column from 1. */
export interface Position {
  line: number;
  column: number;
}

export interface EditedText {
  code: string;
  /** The position before the edits of a position after them. Lines are the same, because no edit adds or removes one. */
  before(line: number, column: number): Position;
}

/** The result of edits that leave all line breaks where they are. */
export function finishEdits(text: MagicString): EditedText {
  let mappings: number[][][] | undefined;
  return {
    code: text.toString(),
    before(line, column) {
      mappings ??= text.generateDecodedMap({ hires: true }).mappings as number[][][];
      const segments = mappings[line - 1] ?? [];
      // Inserted text has no position of its own: it stands for the place at which it was inserted.
      const next = segments.find(([start = 0]) => start >= column - 1);
      const end = (segments.at(-1)?.[3] ?? -1) + 1;
      return { line, column: (next?.[3] ?? end) + 1 };
    },
  };
}

/** The position of an offset of a text. */
export function positionOf(code: string, offset: number): Position {
  const before = code.slice(0, offset);
  return {
    line: before.split('\n').length,
    column: offset - (before.lastIndexOf('\n') + 1) + 1,
  };
}
