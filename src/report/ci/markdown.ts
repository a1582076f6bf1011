import type { Table } from '../pictures/pictures.ts';
import type { Case } from './cases.ts';

/** The content of a run's summary. */
export interface Summary {
  scenario: string;
  cases: Case[];
  /** Figures of the load. */
  tables: Table[];
  /** The command that repeats the run. */
  command?: string;
}

const SIGNS: Record<Case['outcome'], string> = {
  failed: '❌',
  undecided: '⚠️',
  passed: '✅',
  skipped: '➖',
};

/** GitHub takes no more than 65,536 characters for a comment. */
const CHARACTERS_MAX = 60_000;
const DETAILS_MAX = 6_000;

/** Renders a run as GitHub's Markdown: for the summary of a job, or a comment on a pull request. */
export function renderMarkdown({ scenario, cases, tables, command }: Summary): string {
  const decisive = worstOf(cases);
  const checks = cases.filter(({ group }) => group === 'checks');
  const open = checks.filter(({ outcome }) => outcome === 'failed' || outcome === 'undecided');
  const rest = checks.filter((check) => !open.includes(check));
  const others = cases.filter(({ group }) => group === 'load' || group === 'thresholds');
  const parts = [
    `## ${SIGNS[decisive.outcome]} ${escaped(scenario)}`,
    escaped(headlineOf(decisive)),
    ...open.map(finding),
    ...(others.length === 0 ? [] : [caseTable(others)]),
    ...(rest.length === 0
      ? []
      : [folded(`${rest.length} checks without a finding`, caseTable(rest))]),
    ...tables.map((table) => folded(table.title, tableOf(table))),
    ...(command === undefined ? [] : [`Repeat it: ${code(command)}`]),
  ];
  const fitting = parts.filter(fitsInto(CHARACTERS_MAX));
  return `${fitting.join('\n\n')}\n`;
}

/** The case that decides the headline: the first one that failed, or is undecided, or passed. */
function worstOf(cases: Case[]): Case {
  const of = (outcome: Case['outcome']) => cases.find((each) => each.outcome === outcome);
  return (of('failed') ?? of('undecided') ?? of('passed') ?? cases[0]) as Case;
}

/** A threshold says only what the figure was, beside its name. */
const headlineOf = ({ group, name, message }: Case): string =>
  group === 'thresholds' ? `The threshold ${name} is missed (${message}).` : message;

const finding = ({ name, outcome, message, details }: Case): string =>
  [
    `### ${SIGNS[outcome]} ${escaped(name)}`,
    escaped(message),
    ...(details === undefined ? [] : [fenced(details.slice(0, DETAILS_MAX))]),
  ].join('\n\n');

const caseTable = (cases: Case[]): string =>
  tableOf({
    headings: ['', 'what', 'result'],
    rows: cases.map(({ name, outcome, message }) => [SIGNS[outcome], name, message]),
    numeric: [],
  });

function tableOf({ headings, rows, numeric }: Omit<Table, 'title'>): string {
  const line = (cells: string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  const rule = headings.map((_, place) => (numeric.includes(place) ? '---:' : '---'));
  return [line(headings), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

const folded = (title: string, content: string): string =>
  `<details><summary>${escaped(title)}</summary>\n\n${content}\n\n</details>`;

/** A fence longer than any in the text, so that no text ends it. */
function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}text\n${text}\n${fence}`;
}

function code(text: string): string {
  const ticks = '`'.repeat(longestRun(text) + 1);
  return `${ticks} ${text} ${ticks}`;
}

const longestRun = (text: string): number =>
  Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));

const cell = (text: string): string => escaped(text).replaceAll('\n', ' ');

/** Names of SKUs and answers of servers are texts of others: nothing in them may be read as Markdown or HTML. */
const escaped = (text: string): string =>
  text.replace(/[\\`*_{}[\]<>#|~]/g, '\\$&').replace(/@(?=\w)/g, '@\u200b');

/** True for the parts that fit into so many characters together, in order. */
function fitsInto(charactersMax: number): (part: string) => boolean {
  let used = 0;
  return (part) => {
    if (used + part.length > charactersMax) return false;
    used += part.length + 2;
    return true;
  };
}
