import { writeFile } from 'node:fs/promises';
import { parse, resolve } from 'node:path';
import type { Command } from 'commander';
import { judge } from '../../src/checkers/verdict.ts';
import { rootMessage, UserError } from '../../src/kernel/errors.ts';
import { ExitCode } from '../../src/kernel/exit-codes.ts';
import { keepHeapLean } from '../../src/kernel/lean-heap.ts';
import { assertWritable } from '../../src/kernel/writable.ts';
import { readHistories } from '../../src/merging/read-histories.ts';
import { renderPage } from '../../src/report/page/page.ts';
import { describeHistory } from '../../src/report/page/page-content.ts';
import { drawSale } from '../../src/report/pictures/sale-pictures.ts';
import type { CliContext, GlobalFlags } from '../context.ts';
import { settingsOf } from '../settings.ts';
import { withBooks } from './with-books.ts';

/**
 * Judges a recorded history, or several of one sale, and writes the page. The exit code says only if it was written: `verify` is
 * the gate.
 */
export async function reportHistories(
  paths: string[],
  command: Command,
  context: CliContext,
): Promise<void> {
  keepHeapLean();
  const flags = command.optsWithGlobals<GlobalFlags & { output?: string; sale?: string }>();
  const { dir, name } = parse(paths[0] as string);
  const file = resolve(context.cwd, flags.output ?? `${dir === '' ? '.' : dir}/${name}.html`);
  const replaced = paths.find((path) => file === resolve(context.cwd, path));
  if (replaced !== undefined) {
    throw UserError.usage(`the page would replace ${replaced}`, {
      why: 'the history has the name that its page would get',
      next: 'name another file with --output FILE',
    });
  }
  assertWritable(file, '--output FILE');
  const read = await readHistories(paths.map((path) => resolve(context.cwd, path)));
  const { settings } = await settingsOf(command, context);
  const { prometheusUrl } = settings;
  const history = await withBooks(read, { settings, saleFile: flags.sale, prometheusUrl }, context);
  const verdict = judge(history);
  const content = describeHistory(history.sale, verdict, drawSale(history, verdict));
  const page = renderPage(content);
  try {
    await writeFile(file, page);
  } catch (cause) {
    throw UserError.environment(`${file} cannot be written`, {
      why: rootMessage(cause),
      next: 'name another file with --output FILE',
      cause,
    });
  }
  if (flags.json) context.document({ path: file, status: verdict.status });
  else context.stdout.write(`${verdict.sentence}\nwrote ${file}\n`);
  context.exit(ExitCode.valid);
}
