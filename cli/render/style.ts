import { stripVTControlCharacters } from 'node:util';

/** Marks up text for a terminal; without color every one of these gives the text back as it is. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** Whether to color is the caller's decision, made once for a stream; no library guesses at it again. */
export function createStyle(color: boolean): Style {
  const mark = (on: number, off: number) => (text: string) =>
    color && text !== '' ? `\u001B[${on}m${text}\u001B[${off}m` : text;
  return {
    bold: mark(1, 22),
    dim: mark(2, 22),
    red: mark(31, 39),
    green: mark(32, 39),
    yellow: mark(33, 39),
    cyan: mark(36, 39),
  };
}

/** Columns a text takes on a terminal, its marks not counted. */
export const widthOf = (text: string): number => [...stripVTControlCharacters(text)].length;

/**
 * Text from scripts, servers and files as one harmless line: a name or an error message must neither move the cursor nor
 * break a table.
 */
export const oneLine = (text: string): string =>
  stripVTControlCharacters(text)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();

/** The beginning of a text that is longer than so many columns. */
export function shorten(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  const beginning = [...text].slice(0, columns - 1).join('');
  return `${beginning.trimEnd()}…`;
}

/** Breaks a text at spaces into lines of at most so many columns; only a word longer than a line is cut. */
export function wrap(text: string, columns: number): string[] {
  const width = Math.max(columns, 1);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    let rest = [...word];
    if (line !== '' && widthOf(line) + 1 + rest.length <= width) {
      line += ` ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    while (rest.length > width) {
      lines.push(rest.slice(0, width).join(''));
      rest = rest.slice(width);
    }
    line = rest.join('');
  }
  return [...lines, line];
}
