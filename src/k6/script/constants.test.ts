import { describe, expect, it } from 'vitest';
import { describeWithK6, runInK6 } from '../../../test/k6.ts';
import { runOnce } from '../testing/run-once.ts';
import { leavingConstants } from './constants.ts';

const FILES = { 'lib.js': 'export let price = 1; export const shop = { open: true };' };
const INIT = `import { price } from './lib.js';
import * as lib from './lib.js';
const limit = 5;
const refused = (work) => { try { work(); return false; } catch (error) { return error.name; } };`;
const LINES = [
  `refused(() => { price = 2; })`,
  `refused(() => { price += 2; })`,
  `refused(() => { lib.price = 2; })`,
  `refused(() => { limit++; })`,
  `refused(() => { [limit] = [1]; })`,
  `refused(() => { lib.shop.open = false; })`,
  `[price, limit]`,
];
const VALUES = [...Array(5).fill('TypeError'), false, [1, 5]];

describe('a line that assigns to a constant or an import throws when it runs', () => {
  it('here', async () => {
    const body = LINES.map((line) => `show(${line});`).join('\n');
    const { shown } = await runOnce(body, { init: INIT, files: FILES });
    expect(shown).toEqual(VALUES);
  });

  describeWithK6('in k6', () => {
    it('as well', async () => {
      const body = LINES.map((line) => `console.log(JSON.stringify(${line}));`).join('\n');
      const source = `${INIT}\nexport default function () {\n${body}\n}`;
      const { log } = await runInK6(source, { files: FILES });
      expect(log.map((line) => JSON.parse(line))).toEqual(VALUES);
    });
  });
});

it('other mistakes beside it are told as they are', async () => {
  const texts: string[] = [];
  const mistake = (text: string) => ({
    text,
    location: { file: 'a.js', line: 1, column: 0, length: 1 },
  });
  const error = { errors: [mistake('Cannot assign to import "a"'), mistake('Unexpected ";"')] };
  const bundled = leavingConstants(async (edit) => {
    texts.push(edit('a = 1;', 'a.js'));
    throw error;
  });
  await expect(bundled).rejects.toBe(error);
  expect(texts).toEqual(['a = 1;']);
});
