import { describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.ts';
import type { ObjectStore } from './object-store.ts';

const inTime = () => AbortSignal.timeout(10_000);

/** The promises of every object store. */
export function describeObjectStore(name: string, open: () => ObjectStore): void {
  describe(`S3.2 images in ${name}`, () => {
    const newName = () => `images/${newId()}.webp`;

    it('are read as they were put there, by anybody', async () => {
      const [file, bytes] = [newName(), Buffer.from([0, 255, 1, 254])];
      await open().put(file, bytes, inTime());
      expect(await open().get(file, inTime())).toEqual(bytes);
    });

    it('may be put there twice', async () => {
      const [file, bytes] = [newName(), Buffer.from('once')];
      await Promise.all([1, 2, 3].map(() => open().put(file, bytes, inTime())));
      expect(await open().get(file, inTime())).toEqual(bytes);
    });

    it('are not found where there are none', async () => {
      expect(await open().get(newName(), inTime())).toBeUndefined();
    });

    it('are forgotten, once and again', async () => {
      const file = newName();
      await open().put(file, Buffer.from('x'), inTime());
      await open().remove(file, inTime());
      await open().remove(file, inTime());
      expect(await open().get(file, inTime())).toBeUndefined();
    });

    it('are not put there after their time', async () => {
      const file = newName();
      await expect(open().put(file, Buffer.from('x'), AbortSignal.abort())).rejects.toThrow();
      expect(await open().get(file, inTime())).toBeUndefined();
    });
  });
}
