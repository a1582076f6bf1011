/** Cells of a terminal line that look alike. */
export interface Span {
  column: number;
  text: string;
  colour?: number;
  isBold: boolean;
  isDim: boolean;
}

type Style = Omit<Span, 'column' | 'text'>;

const PLAIN: Style = { isBold: false, isDim: false };
const ESCAPE = String.fromCharCode(27);
const SGR = new RegExp(`${ESCAPE}\\[([\\d;]*)m`);

/**
 * Reads a screen as `tmux capture-pane -p -e` prints it: lines of text with colours, and no other sequences. A style goes on
 * in the next line, as it does in the terminal.
 */
export function readScreen(printed: string): Span[][] {
  let style = PLAIN;
  return printed.split('\n').map((line) => {
    const spans: Span[] = [];
    let column = 0;
    // A split by a group leaves texts at even places and the codes between them at odd ones.
    for (const [place, part] of line.split(SGR).entries()) {
      if (place % 2 === 1) style = styleAfter(style, part);
      else if (part !== '') {
        spans.push({ column, text: part, ...style });
        column += [...part].length;
      }
    }
    return spans;
  });
}

function styleAfter(before: Style, codes: string): Style {
  let style = before;
  for (const code of codes.split(';').map(Number)) style = styleOf(code, style);
  return style;
}

function styleOf(code: number, before: Style): Style {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...before, isBold: true };
  if (code === 2) return { ...before, isDim: true };
  if (code === 22) return { ...before, isBold: false, isDim: false };
  if (code >= 30 && code <= 37) return { ...before, colour: code - 30 };
  if (code === 39) return { ...before, colour: undefined };
  return before;
}
