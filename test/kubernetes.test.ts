import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROLES, readConfig, VARIABLES } from '../server/config/config.ts';
import { ENDPOINTS } from '../server/endpoints.ts';
import { migrate } from '../server/platform/migrate.ts';
import { assetPath } from '../src/kernel/assets.ts';
import {
  containersOf,
  findManifest,
  fits,
  type Labels,
  readOverlay,
  specsOf,
} from './workloads.ts';

const read = (path: string): string => readFileSync(assetPath(path), 'utf8');

const overlays = ['small', 'rehearsal', 'parts', 'k6', 'production'].map(readOverlay);
const MEASURED = new Set(['rehearsal', 'parts', 'k6']);

describe.each(overlays)(
  'G.2 deploy/k8s/overlays/$name',
  ({ name, manifests, workloads, configs }) => {
    it('names each resource once', () => {
      const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
      expect(names.filter((one, index) => names.indexOf(one) !== index)).toEqual([]);
    });

    it('starts servers with valid settings, that together have every role', () => {
      const read = configs.map(({ env }) => readConfig(env));
      expect(new Set(read.flatMap(({ roles }) => roles))).toEqual(new Set(ROLES));
      for (const { env } of configs) {
        expect(Object.keys(env).filter((variable) => !VARIABLES.includes(variable))).toEqual([]);
      }
      const areLimited = read.map(({ rateLimits }) => rateLimits !== undefined);
      expect(new Set(areLimited)).toEqual(new Set([!MEASURED.has(name)]));
    });

    it('has no secret in it, and the documentation names each key that it needs', () => {
      expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
      const page = read('docs/kubernetes.md');
      const keys = workloads.flatMap((workload) => [
        ...containersOf(workload).flatMap(({ env = [] }) =>
          env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []),
        ),
        ...(workload.spec.volumes ?? []).flatMap(({ secret }) =>
          (secret?.items ?? []).map(({ key }) => ({ name: secret?.secretName, key })),
        ),
      ]);
      expect(keys.length).toBeGreaterThan(5);
      for (const { name, key } of keys) {
        expect(page).toContain(`create secret generic ${name} `);
        expect(page).toMatch(new RegExp(`--from-(literal|file)=${key}=`));
      }
    });

    it('refers to maps, volumes and claims that exist', () => {
      for (const workload of workloads) {
        const { volumes = [] } = workload.spec;
        const mountable = [...volumes.map((volume) => volume.name), ...workload.claims];
        for (const { volumeMounts = [] } of containersOf(workload)) {
          for (const mount of volumeMounts) expect(mountable).toContain(mount.name);
        }
        for (const { persistentVolumeClaim, configMap } of volumes) {
          if (persistentVolumeClaim !== undefined) {
            findManifest(manifests, 'PersistentVolumeClaim', persistentVolumeClaim.claimName);
          }
          if (configMap !== undefined) findManifest(manifests, 'ConfigMap', configMap.name);
        }
      }
    });

    it('has selectors that find pods of one kind, and ports that these pods have', () => {
      interface Selecting {
        selector?: Labels;
        ports: { targetPort: string }[];
      }
      for (const service of specsOf<Selecting>(manifests, 'Service')) {
        const { selector, ports } = service.spec;
        if (selector === undefined) continue;
        const found = workloads.filter(({ labels }) => fits(selector, labels));
        expect(found.length, service.name).toBeGreaterThan(0);
        for (const { spec } of found) {
          const has = spec.containers.flatMap((one) => (one.ports ?? []).map((port) => port.name));
          for (const { targetPort } of ports) expect(has, service.name).toContain(targetPort);
        }
      }
      for (const kind of ['Deployment', 'StatefulSet', 'PodDisruptionBudget']) {
        type Matching = { selector: { matchLabels: Labels } };
        for (const { name, spec } of specsOf<Matching>(manifests, kind)) {
          const found = workloads.filter(({ labels }) => fits(spec.selector.matchLabels, labels));
          expect(found.map(({ owner }) => owner.metadata.name)).toEqual([name]);
        }
      }
      for (const { spec } of specsOf<{ serviceName: string }>(manifests, 'StatefulSet')) {
        findManifest(manifests, 'Service', spec.serviceName);
      }
      for (const { spec, labels } of workloads) {
        for (const { labelSelector } of spec.topologySpreadConstraints ?? []) {
          expect(fits(labelSelector.matchLabels, labels)).toBe(true);
        }
      }
      type Scaling = { scaleTargetRef: { kind: string; name: string }; minReplicas: number };
      for (const { spec } of specsOf<Scaling>(manifests, 'HorizontalPodAutoscaler')) {
        const scaled = findManifest(manifests, spec.scaleTargetRef.kind, spec.scaleTargetRef.name);
        expect(scaled.spec).not.toHaveProperty('replicas');
      }
    });

    it('has policies that let pods connect that exist, to ports that these pods have', () => {
      interface Selector {
        matchLabels?: Labels;
        matchExpressions?: { key: string; values: string[] }[];
      }
      interface Policy {
        podSelector: Selector;
        ingress: { from: { podSelector?: Selector }[]; ports: { port: string }[] }[];
      }
      const podsOf = ({ matchLabels = {}, matchExpressions = [] }: Selector) =>
        workloads.filter(
          ({ labels }) =>
            fits(matchLabels, labels) &&
            matchExpressions.every(({ key, values }) => values.includes(labels[key] ?? '')),
        );
      for (const { name, spec } of specsOf<Policy>(manifests, 'NetworkPolicy')) {
        const protectedPods = podsOf(spec.podSelector);
        for (const { values = [] } of spec.podSelector.matchExpressions ?? [{}]) {
          expect(protectedPods.length, name).toBeGreaterThanOrEqual(Math.max(1, values.length));
        }
        const ports = spec.ingress.flatMap(({ ports }) => ports.map(({ port }) => port));
        const listening = protectedPods.flatMap(({ spec: { containers } }) =>
          containers.flatMap((container) => (container.ports ?? []).map((port) => port.name)),
        );
        expect(new Set(ports), name).toEqual(new Set(listening));
        for (const { podSelector } of spec.ingress.flatMap(({ from }) => from)) {
          if (podSelector !== undefined)
            expect(podsOf(podSelector).length, name).toBeGreaterThan(1);
        }
      }
    });

    it('probes routes that servers have, over ports that they have', () => {
      const paths = ENDPOINTS.filter(
        ({ method, access }) => method === 'get' && access === 'public',
      );
      for (const { container } of configs) {
        const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe];
        expect(probes.map((probe) => probe?.httpGet?.path)).toEqual([
          ...['/health/startup', '/health/ready', '/health/live'],
        ]);
        for (const probe of probes) {
          expect(paths.map(({ path }) => path)).toContain(probe?.httpGet?.path);
          expect(container.ports?.map((port) => port.name)).toContain(probe?.httpGet?.port);
        }
      }
    });

    it('listens where the ports say, and lets requests end before a pod is killed', () => {
      for (const { workload, container, env } of configs) {
        const { port, drainNoticeMs, drainTimeoutMs } = readConfig(env);
        expect(container.ports).toEqual([{ name: 'http', containerPort: port }]);
        const graceMs = (workload.spec.terminationGracePeriodSeconds ?? 30) * 1000;
        expect(graceMs).toBeGreaterThan(drainNoticeMs + drainTimeoutMs + 5000);
      }
    });

    it('keeps images where all servers find them', () => {
      for (const { workload, container, env } of configs) {
        const { s3, mediaFolder } = readConfig(env);
        const mount = container.volumeMounts?.find(({ mountPath }) => mountPath === mediaFolder);
        const volume = workload.spec.volumes?.find((one) => one.name === mount?.name);
        expect(s3 !== undefined || volume?.persistentVolumeClaim !== undefined).toBe(true);
      }
    });

    it('runs every container without rights, with a version, and with bounds', () => {
      for (const workload of workloads) {
        const { spec, owner } = workload;
        const about = owner.metadata.name;
        expect(spec.automountServiceAccountToken, about).toBe(false);
        // Variables that are named after Services would be read as settings.
        expect(spec.enableServiceLinks, about).toBe(false);
        expect(spec.securityContext, about).toMatchObject({
          ...{ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          runAsUser: expect.any(Number),
        });
        expect(spec.securityContext.runAsUser).toBeGreaterThan(0);
        for (const container of containersOf(workload)) {
          expect(container.securityContext, about).toEqual({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          });
          expect(container.image).toMatch(/:v?\d+\.\d+/);
          expect(Object.keys(container.resources.requests), about).toEqual(['cpu', 'memory']);
          expect(container.resources.limits, about).toHaveProperty('memory');
        }
      }
    });

    it('runs this version of the image, and files that are in it', () => {
      const { version } = JSON.parse(read('package.json'));
      const dockerfile = read('Dockerfile');
      const ours = workloads
        .flatMap(containersOf)
        .filter(({ image }) => image.startsWith('flashsale-cli:'));
      expect(ours.length).toBeGreaterThan(2);
      for (const { image, command = [] } of ours) {
        expect(image).toBe(`flashsale-cli:${version}`);
        for (const file of command.filter((word) => word.startsWith('deploy/'))) {
          expect(existsSync(assetPath(file)), file).toBe(true);
          expect(dockerfile).toContain(`/app/${file}`);
        }
      }
    });
  },
);

describe('G.2 deploy/migrate.mjs', () => {
  it('migrates as the servers do', () => {
    const script = read('deploy/migrate.mjs');
    expect(script).toContain(
      `import { ${migrate.name} } from '../dist/server/platform/migrate.js'`,
    );
  });
});
