import { type Html, html } from '../../src/report/page/html.ts';
import type { Span } from './terminal-screen.ts';

/** A terminal with the command that was typed in it. */
export interface Screen {
  command: string;
  lines: Span[][];
}

/** Width of a terminal in cells. */
export const COLUMNS = 80;

const CELL = { width: 7.8, height: 17 };
const PADDING = 18;
const GAP = 20;
const PANEL_WIDTH = COLUMNS * CELL.width + 2 * PADDING;

const BACKGROUND = '#14171c';
const TEXT = '#d5dae1';
const FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
/** Black, red, green, yellow, blue, magenta, cyan and white. */
const COLOURS = ['#5c6370', '#ff6b68', '#5fd38d', '#e8b931', '#61a8ff', '#c792ea', '#4fc8d9', TEXT];

/** Draws terminals side by side as an SVG that needs nothing but a font of even width. */
export function drawScreens(screens: Screen[]): string {
  const rows = screens.map(({ command, lines }): Span[][] => [typed(command), [], ...lines]);
  const height = Math.max(...rows.map(({ length }) => length)) * CELL.height + 2 * PADDING;
  const width = screens.length * (PANEL_WIDTH + GAP) - GAP;
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" font-family="${FONTS}" font-size="13" fill="${TEXT}">
<title>${screens.map(({ command }) => command).join(', and ')}</title>
${rows.map((lines, place) => drawPanel(lines, place, height))}</svg>
`.html;
}

const typed = (command: string): Span[] => [
  { column: 0, text: `$ ${command}`, isBold: true, isDim: false },
];

const drawPanel = (
  lines: Span[][],
  place: number,
  height: number,
): Html => html`<g transform="translate(${place * (PANEL_WIDTH + GAP)} 0)">
<rect width="${PANEL_WIDTH}" height="${height}" rx="10" fill="${BACKGROUND}"/>
${lines.map(drawLine)}</g>
`;

function drawLine(spans: Span[], row: number): Html {
  const y = round(PADDING + (row + 0.8) * CELL.height);
  return html`<text y="${y}" xml:space="preserve">${spans.filter(({ text }) => text.trim() !== '').map(drawSpan)}</text>
`;
}

/** Fonts differ in the width of blocks and bars, so each span is given the cells that it has in a terminal. */
const drawSpan = ({ column, text, colour, isBold, isDim }: Span): Html =>
  html`<tspan x="${round(PADDING + column * CELL.width)}" textLength="${round([...text].length * CELL.width)}" lengthAdjust="spacingAndGlyphs" fill="${COLOURS[colour ?? COLOURS.length - 1]}" font-weight="${isBold ? 'bold' : 'normal'}" opacity="${isDim ? 0.6 : 1}">${text}</tspan>`;

const round = (value: number): number => Math.round(value * 10) / 10;
