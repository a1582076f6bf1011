import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { everybodyMayEnter, temporaryFolder } from './temporary-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp('/tmp/flashsale-test-');
  await chmod(folder, 0o700);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

it('everybody may enter a folder if everybody may pass through all folders above it', async () => {
  await mkdir(join(folder, 'inner'), { mode: 0o755 });
  expect(everybodyMayEnter(join(folder, 'inner'))).toBe(false);
  await chmod(folder, 0o711);
  expect(everybodyMayEnter(join(folder, 'inner'))).toBe(true);
});

it.runIf(process.getuid?.() === 0)(
  'root does not use a TMPDIR that is closed to others',
  async () => {
    vi.stubEnv('TMPDIR', folder);
    expect(temporaryFolder()).toBe('/tmp');
    await chmod(folder, 0o711);
    expect(temporaryFolder()).toBe(folder);
  },
);
