import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { jepsenLines } from '../../src/history/export/jepsen.ts';
import { porcupineLines } from '../../src/history/export/porcupine.ts';
import { readHistory } from '../../src/history/reader.ts';
import { rootMessage, UserError } from '../../src/kernel/errors.ts';
import type { CliContext } from '../context.ts';

const FORMATS = { porcupine: porcupineLines, jepsen: jepsenLines };

/** Writes the operations of a recorded history for a checker of somebody else. */
export async function exportHistory(
  path: string,
  format: keyof typeof FORMATS,
  file: string | undefined,
  context: CliContext,
): Promise<void> {
  const { operations } = await readHistory(path);
  const lines = FORMATS[format](operations);
  if (file === undefined) {
    for (const line of lines) context.stdout.write(`${line}\n`);
    return;
  }
  try {
    await pipeline(Readable.from(withBreaks(lines)), createWriteStream(file));
  } catch (cause) {
    throw UserError.environment(`${file} cannot be written`, {
      why: rootMessage(cause),
      next: 'name a file in a folder that you may write to',
      cause,
    });
  }
}

function* withBreaks(lines: Iterable<string>): Generator<string, void, undefined> {
  for (const line of lines) yield `${line}\n`;
}
