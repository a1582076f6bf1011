import type { Case } from './cases.ts';

/** The script of a run, as a pull request shows it. */
export interface AnnotatedScript {
  /** Path from the root of the repository; undefined for a script that is not in it. */
  path: string | undefined;
  text: string;
}

/** The most annotations that GitHub shows of one kind and step. */
const ANNOTATIONS_MAX = 10;

/**
 * Renders what did not pass as commands of GitHub's workflows, which show it at a line of the script: a threshold where its
 * metric is written, anything else where the sale is. What is undecided is a warning.
 */
export function renderAnnotations(cases: Case[], script: AnnotatedScript): string {
  // The sentence of the verdict says again what a check says.
  const isTold = cases.some(({ group, outcome }) => group === 'checks' && outcome === 'failed');
  return cases
    .filter(({ group, outcome }) => {
      if (outcome === 'passed' || outcome === 'skipped') return false;
      return group !== 'verdict' || !isTold;
    })
    .slice(0, ANNOTATIONS_MAX)
    .map((each) => annotation(each, script))
    .join('');
}

function annotation(each: Case, { path, text }: AnnotatedScript): string {
  const { group, name, outcome, message, details } = each;
  const place =
    path === undefined
      ? []
      : [
          ['file', path],
          ['line', String(lineOf(each, text))],
        ];
  const title = group === 'thresholds' ? `threshold ${name}` : name;
  const properties = [...place, ['title', title]]
    .map(([key, value]) => `${key}=${propertyValue(value as string)}`)
    .join(',');
  const full = details === undefined ? message : `${message}\n\n${details}`;
  return `::${outcome === 'failed' ? 'error' : 'warning'} ${properties}::${data(full)}\n`;
}

function lineOf({ group, name }: Case, text: string): number {
  const lines = text.split('\n');
  const metric = name.slice(0, name.lastIndexOf(': '));
  const found =
    group === 'thresholds'
      ? lines.findIndex((line) => line.includes(metric))
      : lines.findIndex((line) => /\bsale\s*=|\boptions\s*=/.test(line));
  return Math.max(found, 0) + 1;
}

/** Escapes as GitHub's own toolkit does. */
const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const propertyValue = (text: string): string =>
  data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
