import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { assetPath } from '../src/kernel/assets.ts';
import { drawLineChart } from './kit/line-chart.ts';
import { PARTS } from './parts.ts';
import { formatGoals, formatReport, type Report } from './report.ts';

const DOCUMENT = assetPath('docs', 'performance.md');
const FOLDER = assetPath('docs', 'performance');

interface StoredReport extends Report {
  measured: { on: string; node: string; cores: number; processor: string | undefined };
}

/**
 * Puts the report of a part into docs/performance.md, between the comments `<!-- NAME -->` and `<!-- /NAME -->`, and its
 * goals into the table of all goals. The numbers and the charts go into docs/performance/.
 */
export async function writeDocs(name: string, report: Report): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const [processor] = cpus();
  const measured = {
    on: new Date().toISOString().slice(0, 10),
    node: process.version,
    cores: cpus().length,
    processor: processor?.model,
  };
  const stored: StoredReport = { measured, ...report };
  await writeFile(`${FOLDER}/${name}.json`, `${JSON.stringify(stored, undefined, 2)}\n`);
  for (const chart of report.charts) {
    await writeFile(`${FOLDER}/${chart.name}.svg`, drawLineChart(chart));
  }
  let text = await readFile(DOCUMENT, 'utf8');
  const images = report.charts.map(
    (chart) => `![${chart.title}](performance/${chart.name}.svg)\n\n`,
  );
  const body = formatReport({ ...report, goals: [] });
  text = fill(text, name, `${images.join('')}${body}\n\n${describeMachine(stored)}`);
  text = fill(text, 'goals', formatGoals(await readAllGoals()));
  await writeFile(DOCUMENT, text);
}

const describeMachine = ({ measured: { on, node, cores, processor } }: StoredReport): string =>
  `<sub>${on}, Node ${node.slice(1)}, ${cores} cores${processor ? ` of ${processor}` : ''}</sub>`;

/** The goals of all parts that have ever been written, in the order of the parts. */
async function readAllGoals(): Promise<Report['goals']> {
  const files = PARTS.map(({ name }) => `${FOLDER}/${name}.json`).filter(existsSync);
  const reports = await Promise.all(
    files.map(async (file): Promise<StoredReport> => JSON.parse(await readFile(file, 'utf8'))),
  );
  return reports.flatMap(({ goals }) => goals);
}

/** Replaces what stands between the comments of a name; a document without them is left as it is. */
function fill(text: string, name: string, content: string): string {
  const [from, to] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const [start, end] = [text.indexOf(from), text.indexOf(to)];
  if (start < 0 || end < start) return text;
  return `${text.slice(0, start + from.length)}\n${content}\n\n${text.slice(end)}`;
}
