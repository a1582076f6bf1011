import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

let root: string | undefined;

/**
 * The absolute path of a file that ships with the package (SQL, scenarios, package.json). The same call works in the
 * TypeScript sources and in `dist`, because it searches the parent folders for the folder of the package.
 */
export function assetPath(...segments: string[]): string {
  root ??= findPackageRoot(dirname(fileURLToPath(import.meta.url)));
  return join(root, ...segments);
}

/** True if this code runs from its TypeScript sources, false if it was compiled. */
export const runsFromSources = import.meta.url.endsWith('.ts');

/** The absolute path of a source file of the project, such as `server/main.ts`, or of its compiled form. */
export const modulePath = (source: string): string =>
  runsFromSources ? assetPath(source) : assetPath('dist', source.replace(/\.ts$/, '.js'));

function findPackageRoot(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error('package.json not found above the running file');
  return findPackageRoot(parent);
}
