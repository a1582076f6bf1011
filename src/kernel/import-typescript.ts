import { resolve } from 'node:path';
import { modulePath } from './assets.ts';

/** Modules of CommonJS that were bundled call `require`, which a module has not by itself. */
const requireOf = (path: string): string =>
  `import { createRequire as createRequireOf } from 'node:module';
const require = createRequireOf(${JSON.stringify(path)});`;

/**
 * Bundles a TypeScript file with what it imports, and returns its default export. It may import `flashsale-cli` also where
 * no package of this name is installed.
 */
export async function importTypeScript(path: string): Promise<unknown> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [path],
    bundle: true,
    format: 'esm',
    platform: 'node',
    alias: { 'flashsale-cli': modulePath('src/target/file/define-target.ts') },
    banner: { js: requireOf(resolve(path)) },
    write: false,
    logLevel: 'silent',
  });
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
  const module = (await import(`data:text/javascript;base64,${code}`)) as { default?: unknown };
  return module.default;
}
