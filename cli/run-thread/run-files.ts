import { readFileSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import { renderAnnotations } from '../../src/report/ci/annotations.ts';
import { casesOfRun } from '../../src/report/ci/cases.ts';
import { renderJunit } from '../../src/report/ci/junit.ts';
import { renderMarkdown } from '../../src/report/ci/markdown.ts';
import { loadTables } from '../../src/report/load-tables.ts';
import { writeReports } from '../../src/report/write-reports.ts';
import type { RunOptions } from '../../src/run/context.ts';
import type { LoadReport } from '../../src/run/run-report.ts';

/** Writes the files that show a finished run, as far as they were asked for. Answers with what could not be written. */
export function writeRunFiles(
  report: LoadReport,
  { reportFile, junitFile, markdownFile }: Omit<RunOptions, 'shop'>,
): Promise<string[]> {
  const { scenario, load, environment } = report;
  return writeReports([
    [junitFile, () => renderJunit(scenario, casesOfRun(report), load.elapsedMs / 1000)],
    [
      markdownFile,
      () =>
        renderMarkdown({
          ...{ scenario, cases: casesOfRun(report), tables: loadTables(report) },
          command: environment.command,
        }),
    ],
    [
      reportFile,
      async () => {
        const { renderPage } = await import('../../src/report/page/page.ts');
        const { describeRunPage } = await import('../../src/report/page/page-content.ts');
        return renderPage(describeRunPage(report));
      },
    ],
  ]);
}

/**
 * Renders the cases that did not pass as annotations of GitHub.
 *
 * @param root the folder of the repository
 */
export function annotate(
  report: LoadReport,
  { scenario, scenarioText }: Omit<RunOptions, 'shop'>,
  root: string,
): string {
  const path = relative(root, scenario);
  const isInRoot = scenarioText === undefined && !path.startsWith('..') && !isAbsolute(path);
  return renderAnnotations(casesOfRun(report), {
    path: isInRoot ? path : undefined,
    text: scenarioText ?? readFileSync(scenario, 'utf8'),
  });
}
