import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { assetPath } from '../../src/kernel/assets.ts';
import { findFreePort } from '../../src/stack/processes/free-port.ts';

export interface ExampleShop {
  url: string;
  stop(): Promise<void>;
}

/** Starts the shop of a folder in `examples/`, as its README says, on a free port. */
export async function startExampleShop(
  name: string,
  env: Record<string, string>,
): Promise<ExampleShop> {
  const port = await findFreePort();
  const script = assetPath('examples', name, 'shop.ts');
  const shop = spawn(process.execPath, ['--import', 'tsx', script], {
    env: { PATH: process.env.PATH, PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  shop.stderr.on('data', (text) => output.push(String(text)));
  const isUp = new Promise<void>((resolve) => {
    shop.stdout.on('data', (text) => {
      output.push(String(text));
      if (String(text).includes('shop: ')) resolve();
    });
  });
  const ended = once(shop, 'exit');
  await Promise.race([
    isUp,
    ended.then(() => Promise.reject(new Error(`the shop ended:\n${output.join('')}`))),
  ]);
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      shop.kill('SIGKILL');
      await ended;
    },
  };
}
