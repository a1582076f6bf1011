import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { jepsenLines } from '../../src/history/export/jepsen.ts';
import { porcupineLines } from '../../src/history/export/porcupine.ts';
import { rootMessage, UserError } from '../../src/kernel/errors.ts';
import { readHistories } from '../../src/merging/read-histories.ts';
import type { CliContext } from '../context.ts';

const FORMATS = { porcupine: porcupineLines, jepsen: jepsenLines };

/** Writes the operations of a recorded history, or of several of one sale, for a checker of somebody else. */
export async function exportHistories(
  paths: string[],
  format: keyof typeof FORMATS,
  file: string | undefined,
  context: CliContext,
): Promise<void> {
  if (file !== undefined) await assertNoHistory(file);
  const { operations } = await readHistories(paths);
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

/** Several histories without the name of a file to write behind them must not cost the last one. */
async function assertNoHistory(path: string): Promise<void> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HISTORY_START.length), 0);
    if (buffer.toString('utf8', 0, bytesRead) !== HISTORY_START) return;
  } finally {
    await file.close();
  }
  throw UserError.usage(`${path} is a history, and --export would replace it`, {
    why: 'the last name is that of the file to write',
    next: 'name another file after it',
  });
}

const HISTORY_START = '{"type":"sale"';

function* withBreaks(lines: Iterable<string>): Generator<string, void, undefined> {
  for (const line of lines) yield `${line}\n`;
}
