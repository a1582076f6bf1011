import { execFile, spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { porcupineLines } from '../../../src/history/export/porcupine.ts';
import type { Operation, SaleFacts } from '../../../src/history/operation.ts';
import { assetPath } from '../../../src/kernel/assets.ts';
import { rootMessage, UserError } from '../../../src/kernel/errors.ts';

/** The opinion of Porcupine: Illegal if no order of the calls explains their answers, Unknown if it gave up. */
export type Opinion = 'Ok' | 'Illegal' | 'Unknown';

export interface AskedHistory {
  sale: SaleFacts;
  operations: Operation[];
}

/**
 * Builds the program that asks Porcupine.
 *
 * @throws UserError (environment) where there is no Go, or its modules cannot be had
 */
export async function buildPorcupine(program: string): Promise<void> {
  try {
    await promisify(execFile)('go', ['build', '-o', program, '.'], {
      cwd: assetPath('test', 'judge', 'porcupine'),
    });
  } catch (cause) {
    throw UserError.environment('Porcupine cannot be asked', {
      why: rootMessage(cause),
      next: 'put go 1.26 or newer on PATH (https://go.dev/dl/)',
      cause,
    });
  }
}

/** Asks Porcupine about histories as `verify --export porcupine` writes them, each with the facts of its sale. */
export async function askPorcupine(
  program: string,
  histories: Iterable<AskedHistory>,
): Promise<Opinion[]> {
  const asked = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [answers] = await Promise.all([
    asked.stdout.toArray(),
    pipeline(Readable.from(linesOf(histories)), asked.stdin),
  ]);
  return Buffer.concat(answers).toString().split('\n').filter(Boolean) as Opinion[];
}

function* linesOf(histories: Iterable<AskedHistory>): Generator<string, void, undefined> {
  for (const { sale, operations } of histories) {
    const calls = [...porcupineLines(operations)].join(',');
    yield `{"sale":${JSON.stringify(sale)},"calls":[${calls}]}\n`;
  }
}
