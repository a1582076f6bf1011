import { build } from 'esbuild';
import { expect, it } from 'vitest';

it('loads commander and nothing heavier before it knows which command was typed', async () => {
  const { metafile } = await build({
    entryPoints: ['cli/main.ts'],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    outdir: 'unused',
    write: false,
    metafile: true,
  });
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { kind, external, path } of metafile.inputs[file]?.imports ?? []) {
      if (kind !== 'import-statement') continue;
      if (!external) visit(path);
      else if (!path.startsWith('node:')) packages.add(path);
    }
  };
  visit('cli/main.ts');
  expect([...packages]).toEqual(['commander']);
  expect(seen).toContain('cli/commands/run.ts');
  expect(seen).not.toContain('cli/actions/run.ts');
});
