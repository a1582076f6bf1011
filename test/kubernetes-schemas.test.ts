import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assetPath } from '../src/kernel/assets.ts';
import { buildKustomization, type Manifest } from './kustomize.ts';
import { findPython } from './services.ts';

/** From 1.29 on every field is heeded (`backoffLimitPerIndex` was the last); 1.37 is the newest whose schemas are installed. */
const VERSIONS = ['1.29', '1.37'];

const python = await findPython('kubernetes-validate', 'tools/kubernetes/requirements.txt');

const OVERLAYS = assetPath('deploy/k8s/overlays');
const overlays = readdirSync(OVERLAYS, { recursive: true, encoding: 'utf8' })
  .filter((file) => basename(file) === 'kustomization.yaml')
  .map(dirname)
  .sort();
const manifests = overlays.flatMap((name) => buildKustomization(`${OVERLAYS}/${name}`));

/**
 * Finds all that a cluster would refuse or drop.
 *
 * @throws when the validator does not end well, as it does whether there are faults or none
 */
function faultsOf(resources: object[], versions = VERSIONS) {
  const { status, stdout, stderr } = spawnSync(
    python as string,
    [assetPath('tools/kubernetes/validate.py'), ...versions],
    { input: JSON.stringify(resources), encoding: 'utf8', maxBuffer: Number.POSITIVE_INFINITY },
  );
  if (status !== 0) throw new Error(`the validator failed: ${stderr}`);
  return JSON.parse(stdout) as {
    version: string;
    /** The index in `resources`. */
    resource: number;
    path: (string | number)[];
    message: string;
  }[];
}

describe.skipIf(python === undefined)('G.2 deploy/k8s, by the schemas of Kubernetes', () => {
  it('has no field that Kubernetes does not know, or wants of another type', () => {
    expect(overlays).toContain('production');
    const faults = faultsOf(manifests).map(({ resource, ...fault }) => {
      const { kind, metadata } = manifests[resource] as Manifest;
      return { of: `${kind} ${metadata.name}`, ...fault };
    });
    expect(faults).toEqual([]);
  });

  it('has no object in which an unknown field would be taken', () => {
    const spoilt = structuredClone(manifests);
    const objects = spoilt.flatMap((manifest, index) => objectsIn(manifest, [index]));
    for (const { object } of objects) object.misspelt = true;
    const refused = faultsOf(spoilt, ['1.37']).map(({ resource, path }) =>
      // Of a map of strings, the value is refused.
      [resource, ...path.filter((key) => key !== 'misspelt')].join('.'),
    );
    expect(objects.length).toBeGreaterThan(1000);
    expect(refused.sort()).toEqual(objects.map(({ path }) => path.join('.')).sort());
  });

  it('refuses misspelt fields, other types, versions that are gone and kinds that do not exist', () => {
    const unknown = (field: string) =>
      `Additional properties are not allowed ('${field}' was unexpected)`;
    const container = 'spec.template.spec.containers.0';
    const cases = [
      {
        ...{ kind: 'Deployment', right: '"readinessProbe":', wrong: '"readynessProbe":' },
        fault: `${container}: ${unknown('readynessProbe')}`,
      },
      {
        ...{ kind: 'Deployment', right: '"containerPort":3000', wrong: '"containerPort":"3000"' },
        fault: `${container}.ports.0.containerPort: '3000' is not of type 'integer'`,
      },
      {
        ...{ kind: 'PersistentVolumeClaim', right: '"storage":"5Gi"', wrong: '"storage":"5GB"' },
        fault: expect.stringMatching("^spec.resources.requests.storage: '5GB' does not match"),
      },
      {
        ...{ kind: 'Ingress', right: '"ingressClassName":', wrong: '"ingressClass":' },
        fault: `spec: ${unknown('ingressClass')}`,
      },
      {
        ...{ kind: 'Ingress', right: 'networking.k8s.io/v1', wrong: 'networking.k8s.io/v1beta1' },
        fault: ': there is no kind Ingress in networking.k8s.io/v1beta1',
      },
      {
        ...{ kind: 'NetworkPolicy', right: '"from":', wrong: '"form":' },
        fault: `spec.ingress.0: ${unknown('form')}`,
      },
      {
        ...{ kind: 'HorizontalPodAutoscaler', right: 'Utilization":', wrong: 'Utilisation":' },
        fault: `spec.metrics.0.resource.target: ${unknown('averageUtilisation')}`,
      },
      {
        ...{ kind: 'StatefulSet', right: '"kind":"StatefulSet"', wrong: '"kind":"Statefulset"' },
        fault: ': there is no kind Statefulset in apps/v1',
      },
      {
        ...{ kind: 'ServiceMonitor', right: '"interval":"5s"', wrong: '"interval":5' },
        fault: "spec.endpoints.0.interval: 5 is not of type 'string'",
      },
      {
        ...{ kind: 'PrometheusRule', right: '"annotations":', wrong: '"annotation":' },
        fault: `spec.groups.0.rules.0: ${unknown('annotation')}`,
      },
      {
        ...{ kind: 'TestRun', right: '"parallelism":3,', wrong: '' },
        fault: "spec: 'parallelism' is a required property",
      },
    ];
    const spoilt = cases.map(({ kind, right, wrong }) => {
      const text = JSON.stringify(manifests.find((manifest) => manifest.kind === kind));
      expect(text).toContain(right);
      return JSON.parse(text.replace(right, wrong));
    });
    const faults = faultsOf(spoilt, ['1.37']).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );
    expect(faults).toEqual(cases.map(({ fault }) => fault));
  });
});

/** The objects in a value, itself included, and the paths that lead to them. */
function objectsIn(
  value: unknown,
  path: (string | number)[],
): { object: Record<string, unknown>; path: (string | number)[] }[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => objectsIn(item, [...path, index]));
  }
  if (typeof value !== 'object' || value === null) return [];
  const object = value as Record<string, unknown>;
  const inner = Object.entries(object).flatMap(([key, item]) => objectsIn(item, [...path, key]));
  return [{ object, path }, ...inner];
}
