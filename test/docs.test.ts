import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { assetPath } from '../src/kernel/assets.ts';
import { RunDocument } from '../src/report/run-document.ts';
import { createWorkplace, type Workplace } from './cli/cli.ts';
import { describeWithK6 } from './k6.ts';

let place: Workplace;
beforeEach(async () => {
  place = await createWorkplace();
  const page = readFileSync(assetPath('docs', 'coming-from.md'), 'utf8');
  const [, script] = /```ts\n([\s\S]*?)```/.exec(page) as unknown as [string, string];
  writeFileSync(join(place.folder, 'buy.ts'), script);
});
afterEach(() => place.remove());

async function expectValid(...args: string[]): Promise<void> {
  const { stdout, stderr, code } = await place.run(['run', 'buy.ts', '--json', ...args]);
  expect(stderr).not.toContain('error:');
  const { verdict, thresholds, summary } = RunDocument.parse(JSON.parse(stdout));
  expect(verdict?.status).toBe('valid');
  expect(thresholds).toMatchObject([{ ok: true }]);
  expect(summary.stock).toMatchObject([{ total: 100, sold: 100 }]);
  expect(code).toBe(0);
}

it('the script of coming-from.md runs to its verdict', () => expectValid());

describeWithK6('in k6', () => {
  it('the same script runs to its verdict', () => expectValid('--runner', 'k6'));
});
