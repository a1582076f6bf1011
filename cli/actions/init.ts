import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { assetPath } from '../../src/kernel/assets.ts';
import { rootMessage, UserError } from '../../src/kernel/errors.ts';
import type { CliContext, GlobalFlags } from '../context.ts';

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
