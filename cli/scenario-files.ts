import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { assetPath } from '../src/kernel/assets.ts';
import { UserError } from '../src/kernel/errors.ts';

export interface BundledScenario {
  name: string;
  path: string;
  /** First comment of the file: what happens in it. */
  description: string;
}

/** The scenarios that ship with the package. */
export async function listScenarios(): Promise<BundledScenario[]> {
  const folder = assetPath('scenarios');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts')).sort();
  return Promise.all(
    files.map(async (file) => {
      const path = join(folder, file);
      const source = await readFile(path, 'utf8');
      const comment = /\/\*\*([\s\S]*?)\*\//.exec(source)?.[1] ?? '';
      const description = comment
        .replace(/^\s*\* ?/gm, '')
        .replace(/\s+/g, ' ')
        .trim();
      return { name: basename(file, '.ts'), path, description };
    }),
  );
}

/**
 * A scenario's path from what the user typed: a file, or the name of a bundled scenario.
 *
 * @throws UserError (usage) when there is neither
 */
export async function findScenario(typed: string, cwd: string): Promise<string> {
  const path = resolve(cwd, typed);
  if (existsSync(path)) return path;
  const name = basename(typed, '.ts');
  const bundled = (await listScenarios()).find((scenario) => scenario.name === name);
  // A path into somewhere else is a wrong path, even when its last part is a name we know.
  if (bundled !== undefined && [name, `${name}.ts`, `scenarios/${name}.ts`].includes(typed)) {
    return bundled.path;
  }
  throw UserError.usage(`there is no scenario ${typed}`, {
    why: `neither a file ${path} nor a bundled scenario of this name exists`,
    next: 'see flashsale-cli scenarios list',
  });
}
