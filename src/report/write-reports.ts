import { writeFile } from 'node:fs/promises';
import { rootMessage } from '../kernel/errors.ts';

/** One file that shows a finished run: its place, undefined if it is not asked for, and the function that makes its text. */
export type WantedReport = [file: string | undefined, draw: () => string | Promise<string>];

/**
 * Writes the files that show a finished run. Answers with why one is missing, because neither a full disk nor a bug of ours
 * must cost the verdict, or another file.
 */
export async function writeReports(reports: WantedReport[]): Promise<string[]> {
  const problems: string[] = [];
  for (const [file, draw] of reports) {
    if (file === undefined) continue;
    const problem = await writeReport(file, draw);
    if (problem !== undefined) problems.push(problem);
  }
  return problems;
}

/** The text is made only when it is the file's turn. What fails while it is made is not the fault of the file. */
async function writeReport(file: string, draw: WantedReport[1]): Promise<string | undefined> {
  let text: string;
  try {
    text = await draw();
  } catch (error) {
    return `the report ${file} is missing, because of a bug in flashsale-cli: ${rootMessage(error)}`;
  }
  try {
    await writeFile(file, text);
  } catch (error) {
    return `the report ${file} cannot be written: ${rootMessage(error)}`;
  }
  return undefined;
}
