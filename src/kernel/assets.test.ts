import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { assetPath, modulePath } from './assets.ts';

it('a shipped file is found from the folder of the package', () => {
  expect(existsSync(assetPath('package.json'))).toBe(true);
  expect(assetPath('scenarios', 'x.ts')).toMatch(/[\\/]scenarios[\\/]x\.ts$/);
});

it('a module of the sources is found as a source by code that runs from sources', () => {
  expect(modulePath('server/main.ts')).toBe(assetPath('server/main.ts'));
});
