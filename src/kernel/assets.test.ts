import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { assetPath } from './assets.ts';

it('a shipped file is found from the folder of the package', () => {
  expect(existsSync(assetPath('package.json'))).toBe(true);
  expect(assetPath('scenarios', 'x.ts')).toMatch(/[\\/]scenarios[\\/]x\.ts$/);
});
