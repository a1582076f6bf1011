import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Vu } from '../../load/vu/vu.ts';
import type { ScriptFiles } from './script-files.ts';
import { sharedStateOf } from './shared-state.ts';

/** The longest text that Node makes of a file is a little longer. */
const FILE_BYTES_MAX = 2 ** 29 - 1_024;

/**
 * k6's `open`: returns the whole file as text, or as an ArrayBuffer in mode `b`. Relative paths start beside the
 * file whose code runs. Only init code may open files, which includes the functions of SharedArrays. Each file is read once per run.
 */
export function createOpen(
  files: ScriptFiles,
  vu: Vu,
): (path: string, mode?: string) => string | ArrayBuffer {
  return (path, mode) => {
    if (typeof path !== 'string' || path === '') {
      const given = `open() needs the path of a file, but was given ${JSON.stringify(path)}`;
      throw new TypeError([given, ...adviceOnSaleFile(path, vu)].join('. '));
    }
    if (!vu.initializing) {
      throw new Error('open() works in init code only');
    }
    const { content } = openOnce(vu, files.folder(), path);
    if (mode !== 'b') return content.toString('utf8');
    return new Uint8Array(content).buffer;
  };
}

/** A path that is undefined is most often that of the sale file, in a place where there is none. */
function adviceOnSaleFile(path: unknown, { env, isReader }: Vu): string[] {
  if (path !== undefined || env.FLASHSALE_SALE !== undefined) return [];
  return [
    isReader
      ? 'The sale file (`__ENV.FLASHSALE_SALE`) is written once the options were read: open it in the function of a SharedArray, and read the array in the functions of VUs only'
      : 'There is a sale file (`__ENV.FLASHSALE_SALE`) only if the script exports a `sale`: export const sale = { stock: 100, buyers: 2000 };',
  ];
}

/**
 * The bytes of a file and its absolute path. The first VU of a run that opens the file reads it.
 *
 * @param path a path, or a `file:` URL made by `import.meta.resolve`
 */
export function openOnce(
  vu: Vu,
  folder: string,
  path: string,
): { absolute: string; content: Buffer } {
  const { files } = sharedStateOf(vu.run);
  const absolute = path.startsWith('file://') ? fileURLToPath(path) : resolve(folder, path);
  let content = files.get(absolute);
  if (!content) {
    content = read(absolute);
    files.set(absolute, content);
  }
  return { absolute, content };
}

function read(path: string): Buffer {
  try {
    const stat = statSync(path);
    if (stat.isCharacterDevice() || stat.isBlockDevice())
      throw new Error('it is a device, not a file');
    // Init code runs for the options, and once more for each thread. Reading may also wait for ever, where nothing ends it.
    if (stat.isFIFO() || stat.isSocket())
      throw new Error('it is a pipe, which can be read only once; write its content into a file');
    if (stat.size > FILE_BYTES_MAX) {
      throw new Error(`it has ${stat.size} bytes, and open() takes at most ${FILE_BYTES_MAX}`);
    }
    return readFileSync(path);
  } catch (error) {
    throw new Error(`open() cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
}
