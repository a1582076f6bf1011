import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createFolderStore } from './folder-store.ts';
import { describeObjectStore } from './object-store.contract.ts';

const folder = await mkdtemp(join(tmpdir(), 'media-'));
afterAll(() => rm(folder, { recursive: true }));

describeObjectStore('a folder', () => createFolderStore(folder));

it('S3.2 a folder has no halves of files', async () => {
  const store = createFolderStore(join(folder, 'own'));
  const put = store.put('images/a.webp', Buffer.alloc(1_000_000), AbortSignal.abort());
  await expect(put).rejects.toThrow();
  await store.put('images/b.webp', Buffer.from('b'), AbortSignal.timeout(10_000));
  expect(await readdir(join(folder, 'own', 'images'))).toEqual(['b.webp']);
});
