import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { assetPath } from '../src/kernel/assets.ts';

/** Folders and files that the build reads. */
const BUILT_FROM = ['cli', 'server', 'src', 'tools/bundle.mjs', 'package.json'];

let isBuildFresh: boolean | undefined;

/**
 * The arguments with which Node runs the command line: as it was built, if no source has changed since, which starts four times as
 * fast; else from the sources.
 */
export function commandLineProgram(): string[] {
  const built = assetPath('dist/cli/main.js');
  isBuildFresh ??= isNewerThanSources(built);
  if (isBuildFresh) return [built];
  return ['--import', import.meta.resolve('tsx'), assetPath('cli/main.ts')];
}

/** A shell script that is the command line. */
export const commandLineScript = (): string =>
  `#!/bin/sh\nexec ${[process.execPath, ...commandLineProgram()].map((word) => `'${word}'`).join(' ')} "$@"\n`;

function isNewerThanSources(built: string): boolean {
  const builtAtMs = statSync(built, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return BUILT_FROM.every((source) => {
    const path = assetPath(source);
    const files = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
          .map(({ parentPath, name }) => join(parentPath, name))
      : [path];
    return files.every((file) => statSync(file).mtimeMs < builtAtMs);
  });
}
