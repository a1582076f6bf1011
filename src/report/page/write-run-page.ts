import { writeFile } from 'node:fs/promises';
import { rootMessage } from '../../kernel/errors.ts';
import type { LoadReport } from '../../run/run-report.ts';
import { renderPage } from './page.ts';
import { describeRunPage } from './page-content.ts';

/** Writes the page of a run. Answers with why it could not, because a full disk must not cost the verdict. */
export async function writeRunPage(file: string, report: LoadReport): Promise<string[]> {
  try {
    await writeFile(file, renderPage(describeRunPage(report)));
    return [];
  } catch (error) {
    return [`the report ${file} cannot be written: ${rootMessage(error)}`];
  }
}
