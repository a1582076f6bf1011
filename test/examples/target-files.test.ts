import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { assetPath } from '../../src/kernel/assets.ts';
import { describeShop } from '../../src/target/file/describe-shop.ts';
import { readTargetFile } from '../../src/target/file/read-target-file.ts';

it.each(['express-postgres', 'postgres-baskets', 'redis-queue'])(
  'the target file of %s describes a shop, in 40 lines at most',
  async (name) => {
    const path = assetPath('examples', name, 'shop.target.yaml');
    const file = await readTargetFile(path);
    expect(file.name).toBe(name);
    expect(Object.keys(describeShop(file, {}).operations)).not.toEqual([]);
    expect(readFileSync(path, 'utf8').trim().split('\n').length).toBeLessThanOrEqual(40);
  },
);
