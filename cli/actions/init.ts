import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { assetPath } from '../../src/kernel/assets.ts';
import { rootMessage, UserError } from '../../src/kernel/errors.ts';
import type { CliContext, GlobalFlags } from '../context.ts';
import { findScenario } from '../scenario-files.ts';
import { SETTING_NAMES, SETTINGS } from '../setting-flags.ts';
import { resolveSettings } from '../settings.ts';

/** Writes a target file: an empty one with comments, or one guessed from an API description. */
export async function initTarget(command: Command, context: CliContext): Promise<void> {
  const { openapi, out, json } = command.optsWithGlobals<
    GlobalFlags & { openapi?: string; out: string }
  >();
  const path = resolve(context.cwd, out);
  const { text, operations } =
    openapi === undefined
      ? {
          text: await readFile(assetPath('scenarios/targets/empty.target.yaml'), 'utf8'),
          operations: [],
        }
      : await guessFrom(openapi);
  await writeNew(path, text);
  if (json) {
    context.document({ path, operations });
    return;
  }
  context.stdout.write(`${path}\n`);
  const guessed =
    openapi === undefined
      ? 'fill it in'
      : operations.length > 0
        ? `${operations.join(', ')} guessed: look at each`
        : 'no route looks like a purchase: name the operations yourself';
  context.stderr.write(`${guessed}; then: flashsale-cli target check ${out}\n`);
}

/** Copies a bundled scenario with the files that it imports, so that it runs here and in k6 as it stands. */
export async function initScenario(command: Command, context: CliContext): Promise<void> {
  const { from, out, json } = command.optsWithGlobals<
    GlobalFlags & { from: string; out?: string }
  >();
  const source = await findScenario(from, assetPath('scenarios'));
  const path = resolve(context.cwd, out ?? basename(source));
  const files = await withImports(source);
  const written: string[] = [];
  for (const [file, text] of files) {
    const copy = file === source ? path : join(dirname(path), relative(dirname(source), file));
    if ((await readFile(copy, 'utf8').catch(() => undefined)) !== text) await writeNew(copy, text);
    written.push(copy);
  }
  if (json) {
    context.document({ path, files: written });
    return;
  }
  context.stdout.write(written.map((file) => `${file}\n`).join(''));
  context.stderr.write(
    `change ${basename(path)}; then: flashsale-cli run ${relative(context.cwd, path)}\n`,
  );
}

/** A file and those it imports by relative paths, each once, with their texts. */
async function withImports(path: string, found = new Map<string, string>()) {
  const text = await readFile(path, 'utf8');
  found.set(path, text);
  for (const [, imported = ''] of text.matchAll(/\bfrom '(\.[^']+)'/g)) {
    const file = resolve(dirname(path), imported);
    if (!found.has(file)) await withImports(file, found);
  }
  return found;
}

/** Writes every setting as a comment, with its default, so that taking one out of the comment sets it. */
export async function initConfig(command: Command, context: CliContext): Promise<void> {
  const { out, json } = command.optsWithGlobals<GlobalFlags & { out: string }>();
  const path = resolve(context.cwd, out);
  const { settings } = await resolveSettings({ flags: {}, env: {}, cwd: dirname(path) });
  const lines = SETTING_NAMES.filter((name) => !SETTINGS[name].secret).flatMap((name) => [
    `# ${SETTINGS[name].description}`,
    `# ${name}: ${settings[name] ?? ''}`.trimEnd(),
    '',
  ]);
  const head = '# Settings of flashsale-cli. Flags and FLASHSALE_* variables stand over them.\n\n';
  await writeNew(path, head + lines.join('\n'));
  if (json) context.document({ path });
  else context.stdout.write(`${path}\n`);
}

async function guessFrom(source: string): Promise<{ text: string; operations: string[] }> {
  const { fetchApi } = await import('../../src/target/openapi/api-route.ts');
  const { guessTarget } = await import('../../src/target/openapi/guess-target.ts');
  const { writeTargetFile } = await import('../../src/target/openapi/write-target-file.ts');
  const guess = guessTarget(await fetchApi(source));
  return { text: writeTargetFile(guess, source), operations: Object.keys(guess.operations) };
}

/** Writes a file that must not be there yet, and the folders above it. */
export async function writeNew(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: 'wx' });
  } catch (cause) {
    const isThere = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    throw UserError.usage(`${path} cannot be written`, {
      why: isThere ? 'there is such a file already' : rootMessage(cause),
      next: isThere
        ? 'move it away, or choose another name with --out'
        : 'choose another place with --out',
      cause,
    });
  }
}
