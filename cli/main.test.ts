import { build, type Metafile } from 'esbuild';
import { beforeAll, expect, it } from 'vitest';

let metafile: Metafile;
beforeAll(async () => {
  ({ metafile } = await build({
    entryPoints: ['cli/main.ts'],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    outdir: 'unused',
    write: false,
    metafile: true,
  }));
});

it('loads commander and nothing heavier before it knows which command was typed', () => {
  const { files, packages } = loadedWith('cli/main.ts');
  expect([...packages]).toEqual(['commander']);
  expect(files).toContain('cli/commands/run.ts');
  expect(files).not.toContain('cli/actions/run.ts');
});

it('reads settings without the schema of target files', () => {
  const { files } = loadedWith('cli/settings.ts');
  expect(files).toContain('src/target/file/is-target-file.ts');
  expect(files).not.toContain('src/target/file/schema.ts');
});

/** The files and packages that are loaded together with a file, before it does anything. */
function loadedWith(entry: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const { kind, external, path } of metafile.inputs[file]?.imports ?? []) {
      if (kind !== 'import-statement') continue;
      if (!external) visit(path);
      else if (!path.startsWith('node:')) packages.add(path);
    }
  };
  visit(entry);
  return { files, packages };
}
