import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { newId } from '../../src/kernel/ids.ts';
import type { ObjectStore } from './object-store.ts';

/**
 * Keeps files in a folder, which is made with the first one. All instances of a shop need the same folder. A file gets its
 * name when it is complete, so a reader never sees half of one.
 */
export function createFolderStore(folder: string): ObjectStore {
  return {
    async put(name, file, signal) {
      const path = join(folder, name);
      const half = `${path}.${newId()}.part`;
      await mkdir(dirname(path), { recursive: true });
      try {
        await writeFile(half, file, { signal });
        await rename(half, path);
      } catch (error) {
        await rm(half, { force: true });
        throw error;
      }
    },
    async get(name, signal) {
      try {
        return await readFile(join(folder, name), { signal });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    remove: (name) => rm(join(folder, name), { force: true }),
  };
}
