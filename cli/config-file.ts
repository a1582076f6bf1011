import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { rootMessage, UserError } from '../src/kernel/errors.ts';
import { importTypeScript } from '../src/kernel/import-typescript.ts';

export interface ConfigFile {
  /** File name without folder. */
  name: string;
  values: Record<string, unknown>;
}

/** The names a config file may have, each with its reader. */
const READERS: Record<string, (path: string) => Promise<unknown>> = {
  'flashsale.config.ts': importTypeScript,
  'flashsale.config.json': async (path) => JSON.parse(await readFile(path, 'utf8')),
  'flashsale.config.yaml': readYaml,
};

/**
 * Reads the config file of a folder, if it has one.
 *
 * @throws UserError (usage) when there are several, or the one cannot be read as an object
 */
export async function findConfigFile(folder: string): Promise<ConfigFile | undefined> {
  const names = Object.keys(READERS).filter((name) => existsSync(join(folder, name)));
  const [name] = names;
  if (name === undefined) return undefined;
  if (names.length > 1) {
    throw UserError.usage('there is more than one config file', {
      why: `${names.join(' and ')} both stand in ${folder}`,
      next: 'keep one of them',
    });
  }
  try {
    const read = READERS[name] as (path: string) => Promise<unknown>;
    const values = z.record(z.string(), z.unknown()).parse((await read(join(folder, name))) ?? {});
    return { name, values };
  } catch (cause) {
    throw UserError.usage(`${name} cannot be read`, {
      why: cause instanceof z.ZodError ? 'it is not an object of settings' : rootMessage(cause),
      next: `correct it, or move it away to go on without it`,
      cause,
    });
  }
}

/** The parser is loaded only for a folder that has such a file. */
async function readYaml(path: string): Promise<unknown> {
  const { parse } = await import('yaml');
  return parse(await readFile(path, 'utf8'));
}
