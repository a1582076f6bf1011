import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { assetPath } from '../src/kernel/assets.ts';
import { UserError } from '../src/kernel/errors.ts';
import { nearestWord } from '../src/kernel/nearest-word.ts';

export interface BundledScenario {
  name: string;
  path: string;
  /** The first comment of the file, which describes what happens in the scenario. */
  description: string;
}

/** Lists the scenarios that ship with the package, by name. */
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
 * Finds the scenario that the user typed: the path of a file, or the name of a bundled scenario.
 *
 * @throws UserError (usage) when there is neither
 */
export async function findScenario(typed: string, cwd: string): Promise<string> {
  const path = resolve(cwd, typed);
  if (existsSync(path)) return path;
  const name = basename(typed, '.ts');
  const all = await listScenarios();
  const bundled = all.find((scenario) => scenario.name === name);
  // A path to another folder is a wrong path, even when its last part is the name of a bundled scenario.
  if (bundled !== undefined && [name, `${name}.ts`, `scenarios/${name}.ts`].includes(typed)) {
    return bundled.path;
  }
  const names = all.map((scenario) => scenario.name);
  const near = nearestWord(name, names);
  throw UserError.usage(`there is no scenario ${typed}`, {
    why: `neither a file ${path} nor a bundled scenario of this name exists`,
    next: near === undefined ? 'see flashsale-cli scenarios list' : `did you mean ${near}?`,
  });
}
