import { stripVTControlCharacters, styleText } from 'node:util';
import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** Marks up text for a terminal; without color each function returns its text unchanged. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** The caller decides about color once for each stream, so `styleText` must not inspect a stream again. */
export function createStyle(color: boolean): Style {
  const mark = (format: keyof Style) => (text: string) =>
    color && text !== '' ? styleText(format, text, { validateStream: false }) : text;
  return {
    bold: mark('bold'),
    dim: mark('dim'),
    red: mark('red'),
    green: mark('green'),
    yellow: mark('yellow'),
    cyan: mark('cyan'),
  };
}

/** Texts of our own output, in which every character takes one column. */
const NARROW = /^[ -~–—’…›↳─▁-▓■▸●○✓✗]*$/;

/**
 * Columns that a text takes on a terminal: marks take none, wide characters such as 東 or 🎟 take two. For any character
 * beyond ASCII string-width compiles a table of emoji, which takes 20 ms, so our own signs are measured without it.
 */
export const widthOf = (text: string): number =>
  NARROW.test(text) ? text.length : stringWidth(text);

/** Fills a text up with spaces to a number of columns. */
export const padTo = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(columns - widthOf(text), 0));

/**
 * Text from scripts, servers and files as one harmless line: a name or an error message must neither move the cursor nor
 * break a table.
 */
export const oneLine = (text: string): string =>
  stripVTControlCharacters(text)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();

/** Cuts a text that is wider than `columns` and marks the cut with an ellipsis, at its end or in its middle. */
export const shorten = (
  text: string,
  columns: number,
  position: 'end' | 'middle' = 'end',
): string => cliTruncate(text, Math.max(columns, 1), { position });

/** Breaks a text at spaces into lines of at most `columns`; only a word wider than a line is cut. */
export const wrap = (text: string, columns: number): string[] =>
  wrapAnsi(text, Math.max(columns, 1), { hard: true }).split('\n');
