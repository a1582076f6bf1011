import { writeFile } from 'node:fs/promises';
import { parse, resolve } from 'node:path';
import type { Command } from 'commander';
import { judge } from '../../src/checkers/verdict.ts';
import { readHistory } from '../../src/history/reader.ts';
import { rootMessage, UserError } from '../../src/kernel/errors.ts';
import { ExitCode } from '../../src/kernel/exit-codes.ts';
import { keepHeapLean } from '../../src/kernel/lean-heap.ts';
import { assertWritable } from '../../src/kernel/writable.ts';
import { renderPage } from '../../src/report/page/page.ts';
import { describeHistory } from '../../src/report/page/page-content.ts';
import { drawSale } from '../../src/report/pictures/sale-pictures.ts';
import type { CliContext, GlobalFlags } from '../context.ts';

/** Judges a recorded history and writes the page. The exit code says only if it was written: `verify` is the gate. */
export async function reportHistory(
  path: string,
  command: Command,
  context: CliContext,
): Promise<void> {
  keepHeapLean();
  const flags = command.optsWithGlobals<GlobalFlags & { output?: string }>();
  const { dir, name } = parse(path);
  const file = resolve(context.cwd, flags.output ?? `${dir === '' ? '.' : dir}/${name}.html`);
  if (file === resolve(context.cwd, path)) {
    throw UserError.usage(`the page would replace ${path}`, {
      why: 'the history has the name that its page would get',
      next: 'name another file with --output FILE',
    });
  }
  assertWritable(file, '--output FILE');
  const history = await readHistory(resolve(context.cwd, path));
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
