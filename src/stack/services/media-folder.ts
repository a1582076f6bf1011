import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder in which the servers keep their images. */
export interface MediaFolder {
  path: string;
  /** Makes it unreadable and unwritable at once, and answers with how to bring it back with everything that was in it. */
  lose(): Promise<() => Promise<void>>;
}

/**
 * Makes the folder in a run's folder. Its path is a link, because a link can be turned in one step: a folder that is moved away
 * is made anew by any server that keeps an image before something else has its name.
 */
export async function makeMediaFolder(folder: string): Promise<MediaFolder> {
  const path = join(folder, 'media');
  const images = join(folder, 'media-images');
  const nothing = join(folder, 'media-nothing');
  await mkdir(images);
  // Nothing can be made under a file. In place of a link that leads nowhere a folder could be.
  await writeFile(nothing, '');

  async function lead(to: string): Promise<void> {
    const next = join(folder, 'media-next');
    await symlink(to, next);
    await rename(next, path);
  }

  await lead(images);
  return {
    path,
    async lose() {
      await lead(nothing);
      return () => lead(images);
    },
  };
}
