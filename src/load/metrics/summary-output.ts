import { writeFile } from 'node:fs/promises';

/** The report that a script's own `handleSummary` returned. */
export interface SummaryOutput {
  stdout?: string;
  stderr?: string;
  /** Paths of the files that were written. */
  files: string[];
}

/** Writes the files that a script's `handleSummary` returned. The texts for `stdout` and `stderr` are only returned. */
export async function writeSummaryOutput(returned: unknown): Promise<SummaryOutput> {
  const output: SummaryOutput = { files: [] };
  if (typeof returned !== 'object' || returned === null) return output;
  for (const [name, content] of Object.entries(returned)) {
    if (content === undefined || content === null) continue;
    if (name === 'stdout') output.stdout = String(content);
    else if (name === 'stderr') output.stderr = String(content);
    else {
      await writeFile(
        name,
        content instanceof ArrayBuffer ? Buffer.from(content) : String(content),
      );
      output.files.push(name);
    }
  }
  return output;
}
