/** A chart of several small panels side by side over one scale of x, such as rate, latency and CPU over the callers. */
export interface LineChart {
  /** Name of the file, without its ending. */
  name: string;
  title: string;
  xLabel: string;
  /** True if equal distances are equal factors. */
  isLogarithmic: boolean;
  panels: Panel[];
}

export interface Panel {
  title: string;
  lines: { name: string; points: [x: number, y: number][] }[];
}

const PANEL = { width: 300, height: 190, left: 52, right: 20, top: 58, bottom: 46 };
/** Colours that can be told apart by everybody and be seen on white and on black. */
const COLOURS = ['#3b82f6', '#f97316', '#14b8a6', '#a855f7'];

/** Draws a chart as SVG. Text and lines of the frame follow the light or dark mode of the reader. */
export function drawLineChart({ title, xLabel, isLogarithmic, panels }: LineChart): string {
  const width = panels.length * PANEL.width;
  const xs = panels.flatMap(({ lines }) => lines.flatMap(({ points }) => points.map(([x]) => x)));
  const x = scale(Math.min(...xs), Math.max(...xs), isLogarithmic);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${PANEL.height + 60}" font-family="system-ui, sans-serif" font-size="11" role="img" aria-label="${escapeXml(title)}">`,
    '<style>text{fill:#6b7280}.grid{stroke:#9ca3af;stroke-opacity:.35}.head{font-size:13px;font-weight:600}',
    '@media (prefers-color-scheme:dark){text{fill:#d1d5db}}</style>',
    `<text class="head" x="${PANEL.left}" y="18">${escapeXml(title)}</text>`,
    ...panels.map((panel, index) => drawPanel(panel, index * PANEL.width, x, [...new Set(xs)])),
    `<text x="${width / 2}" y="${PANEL.height + 54}" text-anchor="middle">${escapeXml(xLabel)}</text>`,
    '</svg>\n',
  ].join('\n');
}

type Scale = (value: number) => number;

/** Maps values to 0 … 1. */
function scale(min: number, max: number, isLogarithmic: boolean): Scale {
  const at = (value: number) => (isLogarithmic ? Math.log(value) : value);
  const [from, to] = [at(min), at(max)];
  return (value) => (to === from ? 0.5 : (at(value) - from) / (to - from));
}

function drawPanel({ title, lines }: Panel, left: number, xScale: Scale, xs: number[]): string {
  const { width, height, top, bottom } = PANEL;
  const plot = { left: left + PANEL.left, right: left + width - PANEL.right, top, bottom: height };
  const yMax = roundUp(Math.max(...lines.flatMap(({ points }) => points.map(([, y]) => y)), 1e-9));
  const atX = (x: number) => round(plot.left + xScale(x) * (plot.right - plot.left));
  const atY = (y: number) => round(plot.bottom - (y / yMax) * (plot.bottom - plot.top));
  const ticks = [0, yMax / 2, yMax].map(
    (y) =>
      `<line class="grid" x1="${plot.left}" x2="${plot.right}" y1="${atY(y)}" y2="${atY(y)}"/>` +
      `<text x="${plot.left - 6}" y="${atY(y) + 4}" text-anchor="end">${short(y)}</text>`,
  );
  const labels = labelled(xs, atX).map(
    (x) => `<text x="${atX(x)}" y="${plot.bottom + 16}" text-anchor="middle">${short(x)}</text>`,
  );
  const drawn = lines.map(({ name, points }, index) => {
    const colour = COLOURS[index % COLOURS.length];
    const path = points.map(([x, y]) => `${atX(x)},${atY(y)}`).join(' ');
    const dots = points.length > 40 ? [] : points;
    return [
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${path}"/>`,
      ...dots.map(([x, y]) => `<circle cx="${atX(x)}" cy="${atY(y)}" r="2.6" fill="${colour}"/>`),
      lines.length > 1
        ? `<text x="${plot.left + index * 132}" y="${plot.bottom + bottom - 14}" style="fill:${colour}">${escapeXml(name)}</text>`
        : '',
    ].join('');
  });
  return [
    `<text x="${plot.left}" y="${top - 14}">${escapeXml(title)}</text>`,
    ...ticks,
    ...labels,
    ...drawn,
  ].join('\n');
}

/** Those values whose labels do not run into each other; the first and the last are always among them. */
function labelled(xs: number[], atX: Scale): number[] {
  const sorted = xs.toSorted((a, b) => a - b);
  const last = sorted.at(-1) as number;
  const chosen: number[] = [];
  for (const x of sorted) {
    const isFree = chosen.length === 0 || atX(x) - atX(chosen.at(-1) as number) >= 30;
    if (isFree && (x === last || atX(last) - atX(x) >= 30)) chosen.push(x);
  }
  return chosen;
}

/** The next number whose first digits are 1, 1.5, 2, 3, 4, 5, 6 or 8. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.5, 2, 3, 4, 5, 6, 8].find((step) => value <= step * power) ?? 10) * power;
}

const round = (value: number): number => Math.round(value * 10) / 10;

function short(value: number): string {
  if (value >= 1e6) return `${trim(value / 1e6)}M`;
  if (value >= 1e4) return `${trim(value / 1e3)}k`;
  if (value >= 1_000) return value.toLocaleString('en');
  return trim(value);
}

const trim = (value: number): string => String(Number(value.toPrecision(3)));

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
