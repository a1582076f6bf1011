import { assetPath } from '../src/kernel/assets.ts';
import { buildKustomization, type Manifest } from './kustomize.ts';

export type Labels = Record<string, string>;
interface Probe {
  httpGet?: { path: string; port: string };
  tcpSocket?: { port: string };
}
interface Variable {
  name: string;
  value?: string;
  valueFrom?: {
    secretKeyRef?: { name: string; key: string };
    fieldRef?: { fieldPath: string };
  };
}
export interface Container {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  ports?: { name: string; containerPort: number }[];
  env?: Variable[];
  envFrom?: { configMapRef: { name: string } }[];
  startupProbe?: Probe;
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  resources: { requests: Labels; limits: Labels };
  securityContext: object;
  volumeMounts?: { name: string; mountPath: string }[];
}
interface Volume {
  name: string;
  persistentVolumeClaim?: { claimName: string };
  configMap?: { name: string };
  secret?: { secretName: string; items: { key: string }[] };
}
interface PodSpec {
  automountServiceAccountToken: boolean;
  enableServiceLinks: boolean;
  terminationGracePeriodSeconds?: number;
  securityContext: { runAsUser: number };
  topologySpreadConstraints?: { labelSelector: { matchLabels: Labels } }[];
  initContainers?: Container[];
  containers: Container[];
  volumes?: Volume[];
}
export interface Workload {
  owner: Manifest;
  labels: Labels;
  spec: PodSpec;
  /** Names of volumes that the owner brings. */
  claims: string[];
}

/** The pods of all workloads. */
export const workloadsOf = (manifests: Manifest[]): Workload[] =>
  manifests.flatMap((owner) => {
    const { kind, metadata, spec } = owner as Manifest & {
      spec: PodSpec & {
        selector?: { matchLabels: Labels };
        template?: { metadata: { labels: Labels }; spec: PodSpec };
        volumeClaimTemplates?: { metadata: { name: string } }[];
      };
    };
    const claims = (spec?.volumeClaimTemplates ?? []).map((claim) => claim.metadata.name);
    if (kind === 'Pod') return [{ owner, labels: metadata.labels ?? {}, spec, claims }];
    if (spec?.template === undefined) return [];
    return [{ owner, labels: spec.template.metadata.labels, spec: spec.template.spec, claims }];
  });

/** In the order in which they start. */
export const containersOf = ({ spec }: Workload): Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
];

/** True if a selector finds something with these labels. */
export const fits = (selector: Labels, labels: Labels = {}): boolean =>
  Object.entries(selector).every(([name, value]) => labels[name] === value);

/** @throws when there is not exactly one */
export function findManifest(manifests: Manifest[], kind: string, name: string): Manifest {
  const [found, ...more] = manifests.filter(
    (manifest) => manifest.kind === kind && manifest.metadata.name === name,
  );
  if (found === undefined || more.length > 0) throw new Error(`there is not one ${kind} ${name}`);
  return found;
}

/** The resources of a kind. */
export const specsOf = <Spec>(
  manifests: Manifest[],
  kind: string,
): { name: string; spec: Spec }[] =>
  manifests
    .filter((manifest) => manifest.kind === kind)
    .map(({ metadata, spec }) => ({ name: metadata.name, spec: spec as Spec }));

/** Values that an operator might have put into the Secret. */
const SECRETS: Labels = {
  DATABASE_URL: 'postgres://flashsale:hidden@postgres:5432/flashsale',
  DATABASE_SESSION_URL: 'postgres://flashsale:hidden@database:5432/flashsale',
  REDIS_URL: 'redis://:hidden@redis:6379',
  JWT_SECRET: '0123456789abcdef0123456789abcdef',
  TICKET_SECRET: 'fedcba9876543210fedcba9876543210',
  ADMIN_USERNAME: 'shop-admin',
  ADMIN_PASSWORD: 'not-in-this-repository',
  S3_ACCESS_KEY_ID: 'key',
  S3_SECRET_ACCESS_KEY: 'hidden',
  KAFKA_SASL_PASSWORD: 'hidden',
};

/** The name of the longest pod that a Deployment makes. */
const podOf = ({ owner }: Workload): string => `${owner.metadata.name}-${'f'.repeat(10)}-abcde`;

/** The environment that a container gets. */
export function environmentOf(
  manifests: Manifest[],
  workload: Workload,
  container: Container,
): Labels {
  const maps = (container.envFrom ?? []).map(
    ({ configMapRef }) => findManifest(manifests, 'ConfigMap', configMapRef.name).data ?? {},
  );
  const own = (container.env ?? []).map(({ name, value, valueFrom }) => [
    name,
    value ?? (valueFrom?.fieldRef ? podOf(workload) : SECRETS[valueFrom?.secretKeyRef?.key ?? '']),
  ]);
  return Object.assign({}, ...maps, Object.fromEntries(own));
}

export interface Overlay {
  name: string;
  manifests: Manifest[];
  workloads: Workload[];
  /** The servers of ours, each with the environment of its container. */
  configs: { workload: Workload; container: Container; env: Labels }[];
}

/** Builds an overlay of `deploy/k8s/`. */
export function readOverlay(name: string): Overlay {
  const manifests = buildKustomization(assetPath('deploy/k8s/overlays', name));
  const workloads = workloadsOf(manifests);
  const servers = workloads.filter(
    ({ labels }) => labels['app.kubernetes.io/name'] === 'flashsale',
  );
  const configs = servers.map((workload) => {
    const [container] = workload.spec.containers as [Container];
    return { workload, container, env: environmentOf(manifests, workload, container) };
  });
  return { name, manifests, workloads, configs };
}
