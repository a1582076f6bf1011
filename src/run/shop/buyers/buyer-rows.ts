import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { rootMessage, UserError } from '../../../kernel/errors.ts';
import { count as counted } from '../../../kernel/wording.ts';
import type { Fields } from '../../../target/file/schema.ts';
import { rowsInText } from '../rows-in-text.ts';
import type { ShopMeans } from '../shop-means.ts';
import { readOutput } from '../steps/command-step.ts';
import { asFields } from '../steps/fields.ts';
import { queryRows } from '../steps/sql-step.ts';

/**
 * Reads the rows of buyers from the file or the source that the target file names; undefined if it names none.
 *
 * @throws UserError when they cannot be read, or are too few
 */
export async function readBuyerRows(
  count: number,
  means: ShopMeans,
): Promise<Fields[] | undefined> {
  const { file, from } = means.file.buyers;
  const rows =
    file === undefined ? await rowsFrom(from, count, means) : await rowsOfFile(file, means);
  if (rows !== undefined) assertEnough(rows.length, count, file ?? 'buyers.from');
  return rows;
}

async function rowsOfFile(name: string, { file }: ShopMeans): Promise<Fields[]> {
  const path = resolve(file.folder ?? '.', name);
  try {
    return await readRows(createReadStream(path), 'buyers.file');
  } catch (cause) {
    throw UserError.usage(`the buyers in ${name} cannot be read`, {
      why: rootMessage(cause),
      next: 'correct buyers.file; it is CSV with a line of names, a JSON list, or one JSON object per line',
    });
  }
}

async function rowsFrom(
  from: ShopMeans['file']['buyers']['from'],
  count: number,
  means: ShopMeans,
): Promise<Fields[] | undefined> {
  const place = 'buyers.from';
  if (from === undefined) return undefined;
  if ('sql' in from) return queryRows(from, { count }, place, means);
  if ('command' in from) {
    return readOutput(from, { count }, place, means, (stdout) => readRows(stdout, place));
  }
  return (await from.run(count)).map((row) => asFields(row, place));
}

/** The rows in a text of any form. */
export async function readRows(stream: Readable, place: string): Promise<Fields[]> {
  const rows: Fields[] = [];
  for await (const row of rowsInText(stream)) rows.push(asFields(row, place));
  return rows;
}

/** @throws UserError (usage) when there are fewer buyers than the scenario needs */
function assertEnough(there: number, needed: number, where: string): void {
  if (there >= needed) return;
  throw UserError.usage(
    `${where} has ${counted(there, 'buyer')}, and the scenario needs ${needed}`,
    {
      why: 'each buyer of a run is another one',
      next: `add some, or run with --buyers ${there}`,
    },
  );
}
