/** A replacement of `start`…`end` in a text; nothing is replaced where both are the same. */
export interface Edit {
  start: number;
  end: number;
  text: string;
}

export interface Edited {
  code: string;
  /** Where a position of the edited text stood before; lines and columns from 1. */
  before(line: number, column: number): { line: number; column: number };
}

/** Applies edits that do not overlap. Of those at one place, earlier ones in the list come first. */
export function applyEdits(code: string, edits: Edit[]): Edited {
  const sorted = [...edits].sort((a, b) => a.start - b.start);
  let edited = '';
  let at = 0;
  for (const { start, end, text } of sorted) {
    edited += code.slice(at, start) + text;
    at = end;
  }
  edited += code.slice(at);
  const starts = lineStarts(code);
  const editedStarts = lineStarts(edited);

  return {
    code: edited,
    before(line, column) {
      let offset = (editedStarts[line - 1] ?? 0) + column - 1;
      for (const { start, end, text } of sorted) {
        if (start >= offset) break;
        // What was inserted stands for the place it was inserted at.
        offset = Math.max(start, offset - text.length + (end - start));
      }
      let index = starts.findIndex((start) => start > offset);
      if (index < 0) index = starts.length;
      return { line: index, column: offset - (starts[index - 1] ?? 0) + 1 };
    },
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
