import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { assetPath } from '../../kernel/assets.ts';
import { targetFileSchema } from './json-schema.ts';
import { ROWS_MEANINGS, ROWS_WORDS } from './schema/evidence.ts';

it('the published JSON schema of target files is the schema of the code', async () => {
  await expect(`${JSON.stringify(targetFileSchema(), null, 2)}\n`).toMatchFileSnapshot(
    '../../../docs/target-file.schema.json',
  );
});

it('an editor can explain every key of a target file', () => {
  const { $defs = {}, ...root } = targetFileSchema();
  const mute: string[] = [];
  const look = (schema: z.core.JSONSchema.BaseSchema, path: string): void => {
    for (const [key, value] of Object.entries(schema.properties ?? {})) {
      const property = value as z.core.JSONSchema.BaseSchema;
      const shared = $defs[property.$ref?.split('/').at(-1) ?? ''];
      if (property.not === undefined && !(property.description ?? shared?.description)) {
        mute.push(`${path}.${key}`);
      }
      look(property, `${path}.${key}`);
    }
    for (const part of [...(schema.anyOf ?? []), ...[schema.items ?? []].flat()]) {
      look(part as z.core.JSONSchema.BaseSchema, path);
    }
  };
  look(root, '');
  for (const [name, schema] of Object.entries($defs)) look(schema, name);
  expect(mute).toEqual([]);
});

const published = z.fromJSONSchema(targetFileSchema() as z.core.JSONSchema.JSONSchema);

it.each(['express-postgres', 'redis-queue'])('it accepts the target file of %s', (name) => {
  const path = assetPath('examples', name, 'shop.target.yaml');
  expect(published.safeParse(parse(readFileSync(path, 'utf8'))).error).toBeUndefined();
});

it.each([
  ['an unknown key', { url: 'http://shop', operations: {}, opperations: {} }],
  ['a request that is none', { url: 'http://shop', operations: { buy: { request: '/buy' } } }],
  ['no operations', { url: 'http://shop' }],
])('it refuses %s', (_, file) => {
  expect(published.safeParse(file).success).toBe(false);
});

it('the guide has every column of each kind of rows, and every word of the judge', () => {
  const guide = readFileSync(assetPath('docs', 'your-server.md'), 'utf8');
  const codes = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');
  for (const [kind, columns] of Object.entries(ROWS_MEANINGS)) {
    const words = Object.entries(ROWS_WORDS[kind as keyof typeof ROWS_WORDS] ?? {}).map(
      ([column, list]) => `\`${column}\`: ${list.join(', ')}`,
    );
    const cells = [codes([kind]), codes(columns), words.join('; ')];
    expect(guide).toContain(`| ${cells.join(' | ')} |`.replace('|  |', '| |'));
  }
});
