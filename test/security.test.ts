import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { assetPath } from '../src/kernel/assets.ts';

const rows = readFileSync(assetPath('SECURITY.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| API'));

it('S2.2 each of the ten risks of OWASP has tests that exist', () => {
  expect(rows.map((row) => /API\d+/.exec(row)?.[0])).toEqual(
    Array.from({ length: 10 }, (_, index) => `API${index + 1}`),
  );
  for (const row of rows) {
    const tests = [...(row.split('|')[3] ?? '').matchAll(/`([^`]+)`/g)].map(([, path]) => path);
    expect(tests.length).toBeGreaterThan(0);
    for (const path of tests) expect(existsSync(assetPath(path as string)), path).toBe(true);
  }
});
