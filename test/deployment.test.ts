import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DEFAULT_JWT_SECRET } from '../server/config/accounts.ts';
import { ROLES, readConfig } from '../server/config/config.ts';
import { assetPath } from '../src/kernel/assets.ts';
import { createScope } from '../src/stack/resource.ts';
import { runFolder } from '../src/stack/run-folder.ts';
import { canTestWith } from './services.ts';

const read = (path: string): string => readFileSync(assetPath(path), 'utf8');
const run = promisify(execFile);

interface Service {
  image: string;
  build?: string;
  profiles?: string[];
  command?: string[];
  ports?: string[];
  volumes?: string[];
  environment?: Record<string, string | null>;
  healthcheck?: unknown;
  depends_on?: Record<string, unknown>;
}
const compose: { name: string; services: Record<string, Service>; volumes: object } = parse(
  read('docker-compose.yml'),
  { merge: true },
);
const services = Object.entries(compose.services);
const servers = services.filter(([, { build }]) => build !== undefined);

/** The environment that docker compose gives a service when nothing is set: `${NAME:-default}` is the default. */
const environmentOf = ({ environment = {} }: Service): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, String(value).replace(/\$\{\w+:-([^}]*)\}/g, '$1')]),
  );

describe('G.2 docker-compose.yml', () => {
  it('has a project name, and a version for each image', () => {
    expect(compose).toHaveProperty('name', 'flashsale');
    expect(compose).not.toHaveProperty('version');
    for (const [name, { image }] of services) {
      expect(`${name}: ${image}`).toMatch(/: flashsale-cli$|:v?\d+\.\d+/);
    }
  });

  it('listens on this machine alone, on ports that can be changed', () => {
    const ports = services.flatMap(([, { ports = [] }]) => ports);
    expect(ports.length).toBeGreaterThan(3);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\$\{\w+:-\d+\}:\d+$/);
    expect(new Set(ports.map((port) => /:-(\d+)/.exec(port)?.[1])).size).toBe(ports.length);
  });

  it('has a health check for every service', () => {
    expect(read('Dockerfile')).toContain('HEALTHCHECK');
    for (const [name, { healthcheck, image }] of services) {
      expect(healthcheck !== undefined || image === 'flashsale-cli', name).toBe(true);
    }
  });

  it('depends on services that exist, and mounts files that exist', () => {
    for (const [, { depends_on = {}, volumes = [] }] of services) {
      for (const name of Object.keys(depends_on)) expect(compose.services).toHaveProperty(name);
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        if (source.startsWith('./')) expect(existsSync(assetPath(source)), source).toBe(true);
        else expect(compose.volumes).toHaveProperty(source);
      }
    }
    expect(compose.services.postgres?.volumes).toEqual(['postgres:/var/lib/postgresql']);
  });

  it('starts Kafka, mail, monitoring and load only with their profiles', () => {
    const always = services.filter(([, { profiles }]) => profiles === undefined);
    expect(always.map(([name]) => name)).toEqual([
      ...['server-1', 'server-2', 'worker', 'balancer', 'postgres', 'redis'],
    ]);
    expect(new Set(services.flatMap(([, { profiles = [] }]) => profiles))).toEqual(
      new Set(['kafka', 'mail', 'observability', 'load']),
    );
  });

  it('gives the servers valid environments, and every role to one of them', () => {
    // The image listens on every address of its container.
    const configs = servers.map(([, service]) =>
      readConfig({ HOST: '0.0.0.0', ...environmentOf(service) }),
    );
    expect(new Set(configs.flatMap(({ roles }) => roles))).toEqual(new Set(ROLES));
    expect(new Set(configs.map(({ instance }) => instance)).size).toBe(configs.length);
  });

  it('has a Prometheus and a collector that take what servers and loads send', () => {
    const { prometheus, jaeger, load } = compose.services;
    expect(prometheus?.command).toContain('--web.enable-remote-write-receiver');
    expect(prometheus?.command).toContain('--config.file=/etc/prometheus/prometheus.yml');
    expect(jaeger?.ports).toContainEqual(expect.stringMatching(/:4318$/));
    expect(load?.environment?.FLASHSALE_TRACES).toContain('TRACES_URL');
    for (const [, service] of servers) expect(service.environment).toHaveProperty('TRACES_URL');
    const { datasources } = parse(read('grafana/provisioning/datasources/jaeger.yml'));
    expect(new URL(datasources[0].url).host).toBe('jaeger:16686');
  });

  it('fires a load as the administrator, and has its metrics written where it is told to', async () => {
    const scope = createScope();
    const folder = await scope.start(runFolder({ keep: false }));
    const stub = '#!/bin/sh\necho "$FLASHSALE_TARGET $FLASHSALE_ADMIN_TOKEN $*"\n';
    await writeFile(join(folder, 'flashsale-cli'), stub, { mode: 0o755 });
    const logins: string[] = [];
    const shop = createServer(async (req, res) => {
      logins.push(`${req.url} ${await text(req)}`);
      res.end('{"token":"its-token"}');
    });
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
    const target = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
    const load = async (env: Record<string, string>) => {
      const { stdout } = await run('sh', [assetPath('deploy/load.sh'), '--junit=sale.xml'], {
        env: {
          PATH: `${folder}:${process.env.PATH}`,
          ...{ SCENARIO: 'rush', ADMIN_USERNAME: 'boss', ADMIN_PASSWORD: 'hidden', ...env },
        },
      });
      return stdout.trim();
    };
    const targets = `${target},http://127.0.0.1:1`;
    expect(await load({ FLASHSALE_TARGET: targets })).toBe(
      `${targets} its-token run rush --junit=sale.xml`,
    );
    const METRICS_WRITE_URL = 'http://prometheus:9090/api/v1/write';
    expect(await load({ FLASHSALE_TARGET: target, METRICS_WRITE_URL })).toBe(
      `${target} its-token run rush --out prometheus-rw=${METRICS_WRITE_URL} --junit=sale.xml`,
    );
    expect(logins[0]).toBe('/api/auth/login {"username":"boss","password":"hidden"}');
    shop.close();
    await scope.stop();
  });

  it('has default secrets that production refuses', () => {
    const [, server] = servers[0] as [string, Service];
    const environment = environmentOf(server);
    expect(environment.JWT_SECRET).toBe(DEFAULT_JWT_SECRET);
    expect(() => readConfig({ ...environment, NODE_ENV: 'production' })).toThrow();
  });

  it('balances requests over the instances with the role api, and scrapes all instances', () => {
    const names = servers.map(([name]) => name);
    const answering = servers.filter(([, service]) => environmentOf(service).ROLES === 'api');
    const pools = [...read('deploy/nginx.conf').matchAll(/^ +upstream (\w+) \{(.+?)\}/gms)];
    expect(pools.map(([, name]) => name)).toEqual(['servers', 'readers']);
    for (const [, , pool = ''] of pools) {
      const balanced = [...pool.matchAll(/^ +server ([\w-]+):3000;/gm)];
      expect(balanced.map(([, name]) => name)).toEqual(answering.map(([name]) => name));
    }
    const { scrape_configs } = parse(read('grafana/prometheus/prometheus.yml'));
    expect(scrape_configs[0].static_configs[0].targets).toEqual(names.map((n) => `${n}:3000`));
  });

  it('has a balancer that hides the metrics of single instances, however they are written', () => {
    const [, hidden] = /location ~\* (\S+) \{\s+return 404;/.exec(read('deploy/nginx.conf')) ?? [];
    const isHidden = new RegExp(hidden as string, 'i');
    for (const path of ['/metrics', '/metrics/', '/Metrics', '/METRICS/x']) {
      expect(path).toMatch(isHidden);
    }
    expect('/metricsofmine').not.toMatch(isHidden);
  });

  it.skipIf(!canTestWith('nginx'))('has a balancer whose configuration nginx accepts', async () => {
    const scope = createScope();
    const folder = await scope.start(runFolder({ keep: false }));
    const config = join(folder, 'nginx.conf');
    // The names of the containers cannot be resolved outside of them.
    await writeFile(config, read('deploy/nginx.conf').replace(/server-\d:/g, '127.0.0.1:'));
    const args = ['-t', '-c', config, '-g', `pid ${folder}/nginx.pid; error_log stderr;`];
    const { stderr } = await run('nginx', args);
    expect(stderr).toContain('test is successful');
    await scope.stop();
  });
});
