import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { assetPath } from '../../src/kernel/assets.ts';
import { RunDocument } from '../../src/report/run-document.ts';
import { createWorkplace } from '../cli/cli.ts';

export interface Judged {
  verdict: string;
  /** Checks by their status. */
  checks: Record<string, string[]>;
  exitCode: number | null;
  document: RunDocument;
}

/**
 * Runs a scenario against a shop with its target file, as a user does: only the URL is another one, because the shop of a
 * test listens on a free port. Without books the judge has the answers alone.
 */
export async function judgeExample(options: {
  name: string;
  url: string;
  scenario: string;
  hasBooks: boolean;
  flags: string[];
  env: Record<string, string>;
}): Promise<Judged> {
  const { name, url, scenario, hasBooks, flags, env } = options;
  const text = await readFile(assetPath('examples', name, 'shop.target.yaml'), 'utf8');
  const { evidence, ...file } = parse(text) as Record<string, unknown>;
  const place = await createWorkplace();
  try {
    const path = join(place.folder, `${name}.target.yaml`);
    await writeFile(path, stringify({ ...file, url, ...(hasBooks ? { evidence } : {}) }));
    const args = ['run', scenario, '--target', path, '--json', ...flags];
    const { stdout, stderr, code } = await place.run(args, env);
    if (stdout === '') throw new Error(`the run ended with ${code}:\n${stderr}`);
    const document = RunDocument.parse(JSON.parse(stdout));
    const checks: Record<string, string[]> = {};
    for (const { name, status } of document.verdict?.checks ?? []) {
      checks[status] ??= [];
      checks[status].push(name);
    }
    const verdict = document.verdict?.status ?? 'none';
    return { verdict, checks, exitCode: code, document };
  } finally {
    await place.remove();
  }
}
