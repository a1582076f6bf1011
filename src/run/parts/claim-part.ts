import { readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../../kernel/errors.ts';

/**
 * Claims a part of a prepared sale, by an empty file beside the sale file. Buyers who come twice do what only one history
 * tells of, which would look as if the server had made it up.
 *
 * @param part its number, of so many, and the name of the preparation
 * @returns false where nothing can be written beside the sale file, so that nobody would notice a second firing
 * @throws UserError (usage) when the part was fired before, or the sale in another number of parts
 */
export async function claimPart(
  saleFile: string,
  part: { number: number; of: number; sale: string },
): Promise<boolean> {
  const { number, of, sale } = part;
  const prefix = `${basename(saleFile)}.${sale}.part-`;
  const fired = (await readdir(dirname(saleFile))).filter((name) => name.startsWith(prefix));
  const apart = fired.find((name) => !name.endsWith(`-of-${of}`));
  if (apart !== undefined) {
    throw firedBefore(`the sale of ${saleFile} was fired in another number of parts`, apart);
  }
  const name = `${prefix}${number}-of-${of}`;
  try {
    await writeFile(join(dirname(saleFile), name), '', { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false;
    throw firedBefore(`part ${number} of ${of} of ${saleFile} was fired before`, name);
  }
}

const firedBefore = (what: string, name: string): UserError =>
  UserError.usage(what, {
    why: `${name} beside it says so, and its buyers would come twice`,
    next: 'prepare the sale again, and run all of its parts',
  });
