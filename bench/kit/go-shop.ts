import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { assetPath } from '../../src/kernel/assets.ts';
import type { Arena } from './arena.ts';
import type { Contestant } from './contestant.ts';

/** Builds the shop in Go. Answers with why it takes no part when this machine lacks Go, its modules or Redis. */
export async function buildGoShop(arena: Arena): Promise<Contestant | string> {
  const name = 'Go + Redis shop, no authentication';
  if ((await arena.redis()) === undefined) return `${name}: left out, no redis-server on PATH.`;
  const program = join(arena.folder, 'go-shop');
  try {
    await promisify(execFile)('go', ['build', '-o', program, '.'], {
      cwd: assetPath('bench', 'servers', 'go-shop'),
    });
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const why = isMissing ? 'no go on PATH' : 'it could not be built (are its modules there?)';
    return `${name}: left out, ${why}.`;
  }
  return { name, run: { program }, env: { GIN_MODE: 'release' }, usesRedis: true };
}
