import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { assetPath } from '../src/kernel/assets.ts';
import { describeShop } from '../src/target/file/describe-shop.ts';
import { TargetFile } from '../src/target/file/schema.ts';

const page = readFileSync(assetPath('docs', 'your-server.md'), 'utf8');
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml]) => yaml as string);

describe('docs/your-server.md', () => {
  it('walks to a file that describes its shop', () => {
    const [walk] = page.split('## Texts with placeholders') as [string];
    const parts = blocks.filter((block) => walk.includes(block)).map((block) => parse(block));
    const file = TargetFile.parse(Object.assign({}, ...parts));
    expect(Object.keys(file.evidence)).toContain('orders');
    expect(describeShop(file, {}).operations.buy?.answer).toEqual({ order: 'order.id' });
  });

  it.each(blocks)('shows parts that a target file may have: %#', (block) => {
    const base = { url: 'http://shop.test', operations: { buy: { request: 'POST /buy' } } };
    expect(TargetFile.safeParse({ ...base, ...parse(block) }).error).toBeUndefined();
  });
});
