import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assetPath } from '../src/kernel/assets.ts';
import { findFreePort } from '../src/stack/processes/free-port.ts';
import { until } from './until.ts';

export interface Balancer {
  url: string;
  stop(): Promise<void>;
}

/**
 * The balancer's configuration with other addresses, because the names of the containers cannot be resolved outside of them.
 *
 * @param hosts the instances, as `127.0.0.1:3000`
 */
const configWith = (port: number, hosts: string[]): string =>
  readFileSync(assetPath('deploy/nginx.conf'), 'utf8')
    .replace(/(?: +server server-\d:3000;\n)+/g, () =>
      hosts.map((host) => `    server ${host};\n`).join(''),
    )
    .replace('listen 8080', `listen 127.0.0.1:${port}`);

/** A real nginx with the configuration of `deploy/`, before these instances, on a free port. */
export async function startBalancer(
  hosts: string[],
  { edit = (config) => config }: { edit?(config: string): string } = {},
): Promise<Balancer> {
  const folder = await mkdtemp(join(tmpdir(), 'balancer-'));
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  await writeFile(join(folder, 'nginx.conf'), edit(configWith(port, hosts)));
  const settings = `daemon off; pid ${folder}/nginx.pid; error_log stderr;`;
  const nginx = spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-g', settings], {
    stdio: 'ignore',
  });
  await until(() =>
    fetch(`${url}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return {
    url,
    async stop() {
      nginx.kill('SIGTERM');
      if (nginx.exitCode === null) await once(nginx, 'exit');
      await rm(folder, { recursive: true });
    },
  };
}
