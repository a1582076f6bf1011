import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTargetFile } from '../../src/target/file/read-target-file.ts';
import { createWorkplace, type Workplace } from './cli.ts';

let place: Workplace;
beforeAll(async () => {
  place = await createWorkplace();
});
afterAll(() => place.remove());

describe('init target', () => {
  it('writes a target file that can be read, and never over another one', async () => {
    const first = await place.run(['init', 'target']);
    expect(first.stdout).toBe(`${join(place.folder, 'shop.target.yaml')}\n`);
    expect(first.stderr).toContain('flashsale-cli target check shop.target.yaml');
    const file = await readTargetFile(join(place.folder, 'shop.target.yaml'));
    expect(file).toMatchObject({ name: 'shop', operations: { buy: { request: 'POST /orders' } } });
    const again = await place.run(['init', 'target']);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('there is such a file already');
  });

  it('guesses one from an API description', async () => {
    const document = { openapi: '3.0.0', paths: { '/buy/{productId}': { post: {} } } };
    await writeFile(join(place.folder, 'api.json'), JSON.stringify(document));
    const { stdout } = await place.run([
      'init',
      'target',
      '--openapi',
      'api.json',
      '--out',
      'a.yaml',
      '--json',
    ]);
    expect(JSON.parse(stdout)).toEqual({ path: join(place.folder, 'a.yaml'), operations: ['buy'] });
    expect(await readFile(join(place.folder, 'a.yaml'), 'utf8')).toContain(
      'request: POST /buy/{sku}',
    );
  });

  it('says what is wrong with a description that cannot be read', async () => {
    const { stderr, code } = await place.run([
      'init',
      'target',
      '--openapi',
      'none.json',
      '--out',
      'b.yaml',
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('none.json cannot be read');
  });
});
