import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CheckStatus } from '../../checkers/checker.ts';
import { assetPath } from '../../kernel/assets.ts';
import type { Bar, Chart, Table, TimeLine } from '../pictures/pictures.ts';
import { type Html, html, jsonForScript } from './html.ts';
import type { PageContent } from './page-content.ts';

/** Renders the report as one HTML file that asks for nothing from outside. */
export function renderPage(content: PageContent): string {
  const { scenario, status, sentence, remarks, facts, checks, timeLines, charts, tables, command } =
    content;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>${status}: ${scenario}</title>
<link rel="icon" href="data:,">
<style>${raw(uplot.style())}${raw(ownFile('page.css'))}</style>
</head>
<body>
<header class="verdict ${status}">
<p class="status">${SIGNS[status] ?? '?'} ${status}</p>
<h1>${scenario}</h1>
<p class="sentence">${sentence}</p>
</header>
<main>
${remarks.length === 0 ? undefined : html`<ul class="remarks">${remarks.map((remark) => html`<li>${remark}</li>`)}</ul>`}
${timeLines.map(timeLine)}
${charts.length === 0 ? undefined : html`<section><h2>Over time</h2><div class="charts">${charts.map(chartPlace)}</div></section>`}
${checks.length === 0 ? undefined : checksSection(checks)}
${tables.length === 0 ? undefined : html`<section><h2>Figures</h2><div class="tables">${tables.map(table)}</div></section>`}
<section><h2>The run</h2>
<dl>${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${command === undefined ? undefined : html`<p>Repeat it:</p><pre><code>${command}</code></pre>`}
</section>
</main>
<script type="application/json" id="charts">${jsonForScript(charts)}</script>
<script>${raw(uplot.program())}</script>
<script>${raw(ownFile('draw-charts.js'))}</script>
</body>
</html>
`;
  return page.html;
}

const SIGNS: Record<string, string> = { valid: '✓', invalid: '✗', passed: '✓', failed: '✗' };

const CHECK_SIGNS: Record<CheckStatus, string> = {
  ...{ valid: '✓', invalid: '✗', unknown: '?', missing: '?', skipped: '–' },
};

const raw = (text: string): Html => ({ html: text });
const ownFile = (name: string): string =>
  readFileSync(assetPath('src', 'report', 'page', name), 'utf8');

const uplot = {
  style: () => readModule(import.meta.resolve('uplot/dist/uPlot.min.css')),
  program: () => readModule(import.meta.resolve('uplot/dist/uPlot.iife.min.js')),
};
const readModule = (url: string): string => readFileSync(fileURLToPath(url), 'utf8');

function chartPlace({ title, note, unit }: Chart, place: number): Html {
  return html`<figure><figcaption><b>${title}</b> <span class="unit">${unit}</span>${note === undefined ? undefined : html`<small>${note}</small>`}</figcaption><div class="chart" data-chart="${place}"></div></figure>`;
}

/** The witness of a check: the sentences, then a bar for each call and a tick for each change in the ledger. */
function timeLine({ check, status, prose, begins, ends, lanes, movements }: TimeLine): Html {
  const why = status === 'invalid' ? 'is broken' : 'cannot be decided';
  const [first = '', ...items] = prose.split('\n');
  const ledger =
    movements.length === 0
      ? undefined
      : html`<div class="lane ledger"><h4>The ledger</h4>${movements.map(
          ({ at, text }) =>
            html`<div class="call"><span>${text}</span>${track(at, at, 'tick plain')}</div>`,
        )}</div>`;
  return html`<section class="witness ${status}"><h2>Why ${check} ${why}</h2>
<p>${first}</p>${items.length === 0 ? undefined : html`<ul>${items.map((item) => html`<li>${item.replace(/^\s*- /, '')}</li>`)}</ul>`}
${
  lanes.length === 0
    ? undefined
    : html`<div class="time-line"><p class="key"><i class="good"></i> told yes <i class="quiet"></i> told no <i class="warn"></i> no definite answer <i class="plain"></i> a change in the ledger</p>
<p class="scale"><span>${begins}</span><span>${ends}</span></p>
${lanes.map(({ name, bars }) => html`<div class="lane"><h4>${name}</h4>${bars.map(call)}</div>`)}${ledger}</div>`
}</section>`;
}

const call = ({ from, to, isOpen, tone, text }: Bar): Html =>
  html`<div class="call"><span>${text}</span>${track(from, to, `bar ${tone}${isOpen ? ' open' : ''}`)}</div>`;

function track(from: number, to: number, kind: string): Html {
  const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;
  return html`<div class="track"><i class="${kind}" style="left:${percent(from)};width:${percent(to - from)}"></i></div>`;
}

const checksSection = (checks: PageContent['checks']): Html =>
  html`<section><h2>Checks</h2><table class="checks"><tbody>${checks.map(
    ({ name, status, summary }) =>
      html`<tr class="${status}"><td>${CHECK_SIGNS[status]}</td><th scope="row"><a href="#${name}" id="${name}">${name}</a></th><td>${summary}</td></tr>`,
  )}</tbody></table></section>`;

function table({ title, headings, rows, numeric }: Table): Html {
  const cell = (text: string, place: number, isHead: boolean): Html => {
    const kind = numeric.includes(place) ? 'number' : 'text';
    return isHead ? html`<th class="${kind}">${text}</th>` : html`<td class="${kind}">${text}</td>`;
  };
  return html`<div class="table"><h3>${title}</h3><table><thead><tr>${headings.map((text, place) => cell(text, place, true))}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((text, place) => cell(text, place, false))}</tr>`)}</tbody></table></div>`;
}
