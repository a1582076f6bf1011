import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../server/config/config.ts';
import { ENDPOINTS } from '../server/endpoints.ts';
import { BY_INDEX, createPool } from '../server/platform/postgres.ts';
import { assetPath } from '../src/kernel/assets.ts';
import { ALERTS_FILE, printAlerts, RULES_FILE } from '../tools/kubernetes/print-alerts.ts';
import { buildKustomization, type Manifest } from './kustomize.ts';
import {
  type Container,
  containersOf,
  environmentOf,
  findManifest,
  fits,
  type Labels,
  type Overlay,
  readOverlay,
  specsOf,
  type Workload,
} from './workloads.ts';

const read = (path: string): string => readFileSync(assetPath(path), 'utf8');
const small = readOverlay('small');
const rehearsal = readOverlay('rehearsal');
const parts = readOverlay('parts');
const k6 = readOverlay('k6');
const production = readOverlay('production');

interface TestRun {
  script: { volumeClaim: object };
  runner: { image: string; env: object[]; securityContext: object };
}

describe('G.2 the overlay small', () => {
  it('gives its database enough connections', () => {
    const [{ args = [] }] = containersIn(small, 'postgres');
    const [, max] = /max_connections=(\d+)/.exec(args.join(' ')) ?? [];
    const pods = 4 + 1;
    // A pool of statements, one of ledgers, one of events, two listeners.
    expect(Number(max)).toBeGreaterThan(pods * (8 + 4 + 3 + 2));
  });
});

describe('G.2 the overlay rehearsal', () => {
  it('fires a scenario that exists at each instance, as the administrator, and keeps the evidence', () => {
    const [container] = containersIn(rehearsal, 'flashsale-load');
    const workload = rehearsal.workloads.find(
      ({ owner }) => owner.metadata.name === 'flashsale-load',
    );
    const env = environmentOf(rehearsal.manifests, workload as Workload, container);
    expect(existsSync(assetPath('scenarios', `${env.SCENARIO}.ts`))).toBe(true);
    expect(findManifest(rehearsal.manifests, 'Service', env.TARGET_NAME ?? '').spec).toMatchObject({
      clusterIP: 'None',
      selector: { 'app.kubernetes.io/component': 'api' },
      ports: [{ port: 3000 }],
    });
    for (const argument of container.args ?? []) {
      expect(argument).toMatch(/^--(history|junit|report)=\/evidence\/[\w.]+$/);
    }
    expect(container.volumeMounts).toContainEqual({ name: 'evidence', mountPath: '/evidence' });
    expect(workload?.owner.spec).toMatchObject({ backoffLimit: 0 });
  });

  it('has as many instances from start to end', () => {
    type Scaling = { minReplicas: number; maxReplicas: number };
    const [scaler] = specsOf<Scaling>(rehearsal.manifests, 'HorizontalPodAutoscaler');
    const { spec } = scaler as { spec: Scaling };
    expect(spec.maxReplicas).toBe(spec.minReplicas);
    const [waiting] = containersIn(rehearsal, 'flashsale-load');
    expect(waiting.env).toContainEqual({ name: 'INSTANCES', value: String(spec.minReplicas) });
  });
});

describe('G.2 the overlay parts', () => {
  it('has as many pods at once as parts, each once, and only the other Job may administer', () => {
    const { spec } = findManifest(parts.manifests, 'Job', 'flashsale-part');
    const { data } = findManifest(parts.manifests, 'ConfigMap', 'flashsale-run');
    const of = Number(data?.PARTS);
    expect(spec).toMatchObject({
      ...{ completionMode: 'Indexed', completions: of, parallelism: of, backoffLimitPerIndex: 0 },
    });
    expect(existsSync(assetPath('scenarios', `${data?.SCENARIO}.ts`))).toBe(true);
    const [part] = containersIn(parts, 'flashsale-part');
    expect(part.env).toBeUndefined();
    const [sale] = containersIn(parts, 'flashsale-sale');
    expect(sale.env?.map(({ name }) => name)).toContain('ADMIN_PASSWORD');
    for (const { command, envFrom } of [part, sale]) {
      expect(envFrom).toEqual([{ configMapRef: { name: 'flashsale-run' } }]);
      expect(read('deploy/parts.sh')).toContain(`\n  ${command?.at(-1)})\n`);
    }
  });

  it('has a volume for pods of several nodes', () => {
    const claim = findManifest(parts.manifests, 'PersistentVolumeClaim', 'flashsale-evidence');
    expect(claim.spec).toMatchObject({ accessModes: ['ReadWriteMany'] });
  });
});

describe('G.2 the TestRun for k6’s operator', () => {
  it('fires a scenario that is copied to the volume, with the sale that lies there, as its owner', () => {
    const [run] = buildKustomization(assetPath('deploy/k8s/overlays/k6/testrun'));
    const { script, runner } = (run as Manifest).spec as unknown as TestRun;
    const { data } = findManifest(k6.manifests, 'ConfigMap', 'flashsale-run');
    expect(script.volumeClaim).toEqual({
      name: 'flashsale-evidence',
      file: `${data?.RUN}/scenarios/${data?.SCENARIO}.ts`,
    });
    findManifest(k6.manifests, 'Service', 'flashsale');
    expect(runner.env).toEqual([
      { name: 'FLASHSALE_SALE', value: `/test/${data?.RUN}/sale.json` },
      { name: 'FLASHSALE_TARGETS', value: 'http://flashsale' },
    ]);
    const [preparing] = k6.workloads.filter(
      ({ owner }) => owner.metadata.name === 'flashsale-prepare',
    );
    expect(runner.securityContext).toEqual(preparing?.spec.securityContext);
    expect(runner.image).toBe(
      `grafana/k6:${/^k6_version=(.*)$/m.exec(read('tools/services'))?.[1]}`,
    );
  });
});

describe('G.2 the overlay production', () => {
  const { data } = findManifest(production.manifests, 'ConfigMap', 'pgbouncer');
  const ini = data?.['pgbouncer.ini'] ?? '';
  const setting = (name: string) => new RegExp(`^${name} = (.*)$`, 'm').exec(ini)?.[1] ?? '';

  it('has a pooler that accepts what servers ask for, and gives it to each connection', async () => {
    const connectionString = 'postgres://nobody@127.0.0.1:1/none';
    const pool = createPool({ connectionString, max: 1, planning: BY_INDEX });
    const { statement_timeout, options } = pool.options;
    await pool.end();
    const ignored = setting('ignore_startup_parameters').split(',');
    expect(ignored).toEqual(expect.arrayContaining(['options', 'statement_timeout']));
    expect(options).toBe('-c enable_seqscan=off');
    expect(setting('flashsale')).toContain(`SET statement_timeout = ${statement_timeout};`);
    for (const [name, value] of Object.entries(BY_INDEX)) {
      expect(setting('flashsale')).toContain(`SET ${name} = ${value};`);
    }
  });

  it('has a pooler in transaction mode that keeps named statements, and a way around it', () => {
    expect(setting('pool_mode')).toBe('transaction');
    expect(Number(setting('max_prepared_statements'))).toBeGreaterThan(200);
    for (const { env } of production.configs) {
      const { databaseUrl, databaseSessionUrl } = readConfig(env);
      expect(databaseSessionUrl).not.toBe(databaseUrl);
    }
    const [migrate] = containersIn(production, 'flashsale-migrate') as [Container];
    expect(migrate.env?.map(({ name }) => name)).toContain('DATABASE_SESSION_URL');
  });

  it('has the alerts of Prometheus as a resource, made by npm run alerts', () => {
    expect(read(ALERTS_FILE) === printAlerts(read(RULES_FILE)), 'npm run alerts').toBe(true);
    const [rule] = specsOf<{ groups: unknown }>(production.manifests, 'PrometheusRule');
    expect(rule?.spec.groups).toEqual(parse(read(RULES_FILE)).groups);
  });

  it('lets buyers in to a Service with pods, and nobody to the metrics', () => {
    type Path = { path: string; backend: { service: { name: string; port: { name: string } } } };
    const [ingress] = specsOf<{ rules: { http: { paths: Path[] } }[] }>(
      production.manifests,
      'Ingress',
    );
    const paths = ingress?.spec.rules.flatMap(({ http }) => http.paths) ?? [];
    const services = paths.map(({ path, backend: { service } }) => {
      const { spec } = findManifest(production.manifests, 'Service', service.name);
      const { selector, ports } = spec as { selector?: Labels; ports: { name: string }[] };
      expect(ports.map(({ name }) => name)).toContain(service.port.name);
      return [path, selector];
    });
    expect(services).toEqual([
      ['/metrics', undefined],
      ['/', { 'app.kubernetes.io/name': 'flashsale', 'app.kubernetes.io/component': 'api' }],
    ]);
  });

  it('has metrics of all servers scraped, as the job that alerts ask for', () => {
    interface Monitoring {
      jobLabel: string;
      selector: { matchLabels: Labels };
      endpoints: { port: string; path: string }[];
    }
    const [monitor] = specsOf<Monitoring>(production.manifests, 'ServiceMonitor');
    const { spec } = monitor as { spec: Monitoring };
    const services = production.manifests.filter(
      ({ kind, metadata }) =>
        kind === 'Service' && fits(spec.selector.matchLabels, metadata.labels),
    ) as (Manifest & { spec: { selector: Labels; ports: { name: string }[] } })[];
    expect(services).toHaveLength(1);
    const [{ metadata, spec: service }] = services as [(typeof services)[0]];
    for (const { port, path } of spec.endpoints) {
      expect(service.ports.map(({ name }) => name)).toContain(port);
      expect(ENDPOINTS.map((endpoint) => endpoint.path)).toContain(path);
    }
    for (const { workload } of production.configs) {
      expect(fits(service.selector, workload.labels)).toBe(true);
    }
    const job = metadata.labels?.[spec.jobLabel];
    expect(read('grafana/prometheus/rules.yml')).toContain(`job="${job}"`);
    const { scrape_configs } = parse(read('grafana/prometheus/prometheus.yml'));
    expect(scrape_configs[0].job_name).toBe(job);
  });
});

/** The containers of a workload, in the order in which they start. */
function containersIn(overlay: Overlay, name: string): [Container, ...Container[]] {
  const workload = overlay.workloads.find(({ owner }) => owner.metadata.name === name);
  expect(workload, name).toBeDefined();
  return containersOf(workload as Workload) as [Container, ...Container[]];
}
