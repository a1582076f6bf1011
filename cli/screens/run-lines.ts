import { formatCount, formatMs, formatPercent, formatRate } from '../../src/kernel/format.ts';
import type { LoadTick } from '../../src/load/result.ts';
import type { SkuStock } from '../../src/run/events.ts';
import { oneLine, padTo, type Style, shorten, widthOf, wrap } from '../render/style.ts';
import { alignRows } from '../render/table.ts';
import type { RunView, TargetView } from './run-view.ts';

/** Each function renders one part of the screen as lines; the screen cuts lines that are wider than the terminal. */

const SKUS_SHOWN = 4;
const NOTICES_SHOWN = 3;
/** A wider bar would show nothing more. */
const BAR_WIDTH_MAX = 100;
/** Width of the column of labels. */
const LABEL_WIDTH = 10;

const label = (text: string, style: Style): string => style.dim(text.padEnd(LABEL_WIDTH));

/** The strategy is shown from the moment a stack is started, because it is the stack's. */
export function titleLine({ scenario, strategy, phases }: RunView, style: Style): string {
  const hasStack = phases.some(({ phase }) => phase === 'stack');
  const with_ =
    strategy === undefined || !hasStack ? '' : style.dim(`  strategy ${oneLine(strategy)}`);
  return `${style.bold(`flashsale-cli  ${oneLine(scenario)}`)}${with_}`;
}

/** Renders one line for each phase. After the run, a phase that was still running is marked as not finished. */
export function phaseLines({ phases }: RunView, style: Style, over = false): string[] {
  return phases.map(({ phase, status, detail, tookMs }) => {
    const name = phase.padEnd(8);
    if (status === 'done') {
      return `${style.green('✓')} ${name} ${style.dim(`${formatMs(tookMs ?? 0).padStart(8)}  ${oneLine(detail)}`)}`;
    }
    return over
      ? `${style.red('✗')} ${name} ${oneLine(detail)}: not finished`
      : `${style.cyan('▸')} ${style.bold(name)} ${oneLine(detail)} …`;
  });
}

/**
 * Renders the invariants that are watched while the load runs: whether one is certainly broken, and by what. Only a sale has
 * targets, and only a sale is watched.
 */
export function invariantLines(
  { violations, tick, targets }: RunView,
  columns: number,
  style: Style,
): string[] {
  if (violations.length > 0) {
    return violations.flatMap(({ check, summary }) =>
      wrap(oneLine(`${check} is broken: ${summary}`), columns - 2).map((line, index) =>
        style.red(`${index === 0 ? '✗' : ' '} ${line}`),
      ),
    );
  }
  if (tick === undefined || targets.length === 0) return [];
  return [`${style.green('✓')} ${style.dim('no invariant is broken so far')}`];
}

/** Renders the progress of the load, its rate, the latencies and the outcomes. */
export function loadLines(view: RunView, columns: number, style: Style): string[] {
  const { tick, tickBefore } = view;
  if (tick === undefined) return [];
  return [
    progressLine(tick, columns, style),
    `${label('VUs', style)}${formatCount(tick.activeVus)} active  ${iterationsOf(tick, style)}`,
    `${label('rate', style)}${rates(tick, tickBefore, style)}`,
    `${label('latency', style)}${latencies(tick)}`,
    `${label('p95', style)}${sparkline(view.p95Ms, Math.max(columns - LABEL_WIDTH - 20, 8), style)}`,
    ...pack(outcomes(tick, style), columns - LABEL_WIDTH, '  ').map(
      (line, index) => `${label(index === 0 ? 'answers' : '', style)}${line}`,
    ),
  ];
}

function progressLine(tick: LoadTick, columns: number, style: Style): string {
  const text = `${formatPercent(tick.progress).padStart(4)}  ${formatMs(tick.elapsedMs)}`;
  const width = Math.min(columns - LABEL_WIDTH - widthOf(text) - 2, BAR_WIDTH_MAX);
  const bar = stackedBar([[tick.progress, '█']], 1, width, '░');
  return `${label('progress', style)}${style.cyan(bar)} ${text}`;
}

function iterationsOf(tick: LoadTick, style: Style): string {
  const done = `${formatCount(tick.iterations)} iterations`;
  if (tick.droppedIterations === 0) return done;
  return `${done}  ${style.yellow(`${formatCount(tick.droppedIterations)} dropped`)}`;
}

function rates(tick: LoadTick, before: LoadTick | undefined, style: Style): string {
  const requests = `${formatRate(tick.requestRate)} requests`;
  if (tick.offeredRate === undefined) return requests;
  const overMs = tick.elapsedMs - (before?.elapsedMs ?? 0);
  const done = tick.iterations - (before?.iterations ?? 0);
  const achieved = overMs > 0 ? (done * 1_000) / overMs : 0;
  return `${requests}  ${formatRate(achieved)} iterations ${style.dim('of')} ${formatRate(tick.offeredRate)} offered`;
}

function latencies({ latencyMs }: LoadTick): string {
  const { p50, p95, p99, max } = latencyMs;
  return `p50 ${formatMs(p50)}  p95 ${formatMs(p95)}  p99 ${formatMs(p99)}  max ${formatMs(max)}`;
}

function outcomes({ outcomes: of }: LoadTick, style: Style): string[] {
  const count = (number: number, name: string, mark: (text: string) => string) => {
    const text = `${formatCount(number)} ${name}`;
    return number === 0 ? style.dim(text) : mark(text);
  };
  return [
    count(of.ok, 'ok', style.green),
    count(of.soldOut, 'sold out', style.cyan),
    count(of.refused, 'refused', style.yellow),
    ...(of.limited > 0 ? [count(of.limited, 'limited', style.yellow)] : []),
    count(of.error, 'error', style.red),
    ...(of.unclassified > 0 ? [count(of.unclassified, 'unclassified', style.red)] : []),
    count(of.unknown, 'unknown', style.red),
    count(of.notSent, 'not sent', style.red),
  ];
}

const SPARKS = [...'▁▂▃▄▅▆▇█'];

/** Draws the newest values that fit; the highest has full height and is printed behind them. */
export function sparkline(values: number[], width: number, style: Style): string {
  const shown = values.slice(-width);
  const highest = Math.max(...shown, 0);
  const sparks = shown.map((value) => {
    const level = highest > 0 ? Math.round((value / highest) * (SPARKS.length - 1)) : 0;
    return SPARKS[level];
  });
  return `${style.cyan(sparks.join(''))} ${style.dim(`up to ${formatMs(highest)}`)}`;
}

/** Draws a bar for each of the first SKUs, below a legend of the shades. */
export function stockLines({ stock }: RunView, columns: number, style: Style): string[] {
  if (stock.length === 0) return [];
  const shown = stock.slice(0, SKUS_SHOWN);
  const numbers = alignRows(
    shown.map(({ sold, held, available, total }) => [
      ...[sold, held, available].map(formatCount),
      `of ${formatCount(total)}`,
    ]),
    [0, 1, 2],
  );
  const namesWidth = Math.min(
    Math.max(...shown.map(({ skuId }) => widthOf(skuId))),
    Math.floor(columns / 3),
  );
  const room = columns - namesWidth - Math.max(...numbers.map(widthOf)) - 2;
  const width = Math.min(Math.max(room, 4), BAR_WIDTH_MAX);
  const legend = `${style.green('█')} sold  ${style.yellow('▓')} held  ${style.dim('░')} available`;
  const more = stock.length - shown.length;
  return [
    `${style.bold('Stock')}  ${legend}`,
    ...shown.map(
      (sku, index) =>
        `${fitted(sku.skuId, namesWidth)} ${stockBar(sku, width, style)} ${numbers[index]}`,
    ),
    ...(more > 0 ? [style.dim(`… and ${formatCount(more)} more`)] : []),
  ];
}

function stockBar(sku: SkuStock, width: number, style: Style): string {
  const { sold, held, total } = sku;
  const bar = stackedBar(
    [
      [sold, '█'],
      [held, '▓'],
    ],
    total,
    width,
    '░',
  );
  const oversold = sold + held > total;
  const marks = { '█': oversold ? style.red : style.green, '▓': style.yellow, '░': style.dim };
  return bar.replace(/█+|▓+|░+/g, (run) => marks[run[0] as keyof typeof marks](run));
}

/**
 * Draws a bar of exactly `width` characters: each part as long as its share of the whole, the rest filled up. A part above
 * zero is at least one character long where there is room, so that the last unit is visible.
 */
export function stackedBar(
  parts: [amount: number, character: string][],
  whole: number,
  width: number,
  rest: string,
): string {
  let bar = '';
  let amounts = 0;
  for (const [amount, character] of parts) {
    amounts += amount;
    const end = whole > 0 ? Math.floor((amounts / whole) * width) : 0;
    const length = Math.max(end - bar.length, amount > 0 ? 1 : 0);
    bar += character.repeat(length);
  }
  return bar.padEnd(width, rest).slice(0, Math.max(width, 0));
}

/** A long id is cut in its middle, because the SKUs of one run differ at their beginning and end. */
const fitted = (text: string, width: number): string =>
  padTo(shorten(oneLine(text), width, 'middle'), width);

export const targetLines = ({ targets }: RunView, columns: number, style: Style): string[] =>
  pack(
    targets.map((target) => targetOf(target, style)),
    columns,
    '   ',
  );

function targetOf({ name, url, state }: TargetView, style: Style): string {
  const { hostname, port } = new URL(url);
  const isLocal = hostname === '127.0.0.1' || hostname === 'localhost';
  const where = `${isLocal ? '' : hostname}${port === '' ? '' : `:${port}`}`;
  const text = `${oneLine(name)} ${where}`.trimEnd();
  return state === 'up' ? `${style.green('●')} ${text}` : style.red(`○ ${text} down`);
}

export const noticeLines = ({ notices }: RunView, style: Style): string[] =>
  notices.slice(-NOTICES_SHOWN).map((notice) => style.yellow(`! ${notice}`));

/** Puts as many texts on a line as fit. */
function pack(texts: string[], columns: number, gap: string): string[] {
  const lines: string[] = [];
  for (const text of texts) {
    const longer = lines.length === 0 ? text : `${lines.at(-1)}${gap}${text}`;
    if (lines.length > 0 && widthOf(longer) <= columns) lines[lines.length - 1] = longer;
    else lines.push(text);
  }
  return lines;
}
