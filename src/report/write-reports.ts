import { writeFile } from 'node:fs/promises';
import { rootMessage } from '../kernel/errors.ts';

/**
 * Writes the files that show a finished run. Answers with why one could not be written, because a full disk must not cost
 * the verdict.
 *
 * @param reports the text of each file, made only when it is its turn; a file that is not asked for is undefined
 */
export async function writeReports(
  reports: [file: string | undefined, render: () => string | Promise<string>][],
): Promise<string[]> {
  const problems: string[] = [];
  for (const [file, render] of reports) {
    if (file === undefined) continue;
    try {
      await writeFile(file, await render());
    } catch (error) {
      problems.push(`the report ${file} cannot be written: ${rootMessage(error)}`);
    }
  }
  return problems;
}
