import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

/** A resource of Kubernetes, as far as tests read it. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels?: Record<string, string> };
  spec?: Record<string, unknown>;
  data?: Record<string, string>;
}

interface Generator {
  name: string;
  behavior?: 'merge';
  literals?: string[];
  files?: string[];
}

interface Patch {
  target: { kind: string; name: string };
  patch: string;
}

type Operation = { op: 'add' | 'replace'; path: string; value: unknown };

/** The fields that are understood here. Another one fails a test, so that nothing is left unseen. */
const FIELDS = {
  'a kustomization': [
    ...['apiVersion', 'kind', 'namespace', 'resources', 'configMapGenerator', 'patches'],
  ],
  'a generator': ['name', 'behavior', 'literals', 'files'],
  'a patch': ['target', 'patch'],
  'a target': ['kind', 'name'],
  'an operation': ['op', 'path', 'value'],
};

function refuseUnknown(part: keyof typeof FIELDS, value: object, folder: string): void {
  for (const field of Object.keys(value)) {
    if (!FIELDS[part].includes(field)) {
      throw new Error(`${folder}: nobody here knows the field ${field} of ${part}`);
    }
  }
}

/**
 * YAML by version 1.1, as sigs.k8s.io/yaml reads it for kubectl: there `off` is false and `0440` is octal, where version 1.2
 * has a word and a decimal number.
 */
const YAML_OF_KUBERNETES = { version: '1.1' } as const;

/**
 * Builds a folder as kustomize does, but without namespaces and the hashes in the names of generated maps.
 *
 * @throws for fields that it does not know, and for patches that fit nothing
 */
export function buildKustomization(folder: string): Manifest[] {
  const text = readFileSync(join(folder, 'kustomization.yaml'), 'utf8');
  const kustomization = parse(text, YAML_OF_KUBERNETES);
  refuseUnknown('a kustomization', kustomization, folder);
  const { resources, configMapGenerator = [], patches = [] } = kustomization;
  const manifests = (resources as string[]).flatMap((resource) => load(join(folder, resource)));
  for (const generator of configMapGenerator) generate(manifests, generator, folder);
  for (const patch of patches) apply(manifests, patch, folder);
  return manifests;
}

function load(path: string): Manifest[] {
  if (statSync(path).isDirectory()) return buildKustomization(path);
  return parseAllDocuments(readFileSync(path, 'utf8'), YAML_OF_KUBERNETES).map((document) => {
    if (document.errors.length > 0) throw new Error(`${path}: ${document.errors.join(', ')}`);
    return document.toJS();
  });
}

function generate(manifests: Manifest[], generator: Generator, folder: string): void {
  refuseUnknown('a generator', generator, folder);
  const { name, behavior, literals = [], files = [] } = generator;
  const data = Object.fromEntries([
    ...literals.map((literal) => {
      const at = literal.indexOf('=');
      return [literal.slice(0, at), literal.slice(at + 1)];
    }),
    ...files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  ]);
  const existing = manifests.find(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name,
  );
  if ((existing !== undefined) !== (behavior === 'merge')) {
    throw new Error(`${folder}: the map ${name} is to be ${behavior ?? 'made'}`);
  }
  if (existing === undefined) {
    manifests.push({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
  } else {
    existing.data = { ...existing.data, ...data };
  }
}

function apply(manifests: Manifest[], asked: Patch, folder: string): void {
  refuseUnknown('a patch', asked, folder);
  const { target, patch } = asked;
  refuseUnknown('a target', target, folder);
  const operations: Operation[] = parse(patch, YAML_OF_KUBERNETES);
  for (const operation of operations) {
    refuseUnknown('an operation', operation, folder);
    if (!['add', 'replace'].includes(operation.op)) {
      throw new Error(`${folder}: nobody here knows the operation ${operation.op}`);
    }
  }
  const name = new RegExp(`^${target.name}$`);
  const fitting = manifests.filter(
    ({ kind, metadata }) => kind === target.kind && name.test(metadata.name),
  );
  if (fitting.length === 0) throw new Error(`${folder}: no ${target.kind} is named ${target.name}`);
  for (const manifest of fitting) {
    for (const operation of operations) change(manifest, operation);
  }
}

/** Applies one operation of a JSON patch. */
function change(manifest: Manifest, { op, path, value }: Operation): void {
  const keys = path.split('/').slice(1);
  const last = keys.pop() as string;
  let at = manifest as unknown as Record<string, unknown>;
  for (const key of keys) {
    at = at[key] as Record<string, unknown>;
    if (at === undefined) throw new Error(`${manifest.metadata.name}: there is no ${path}`);
  }
  if (last === '-' && Array.isArray(at)) {
    at.push(value);
    return;
  }
  if (op === 'replace' && !(last in at)) {
    throw new Error(`${manifest.metadata.name}: there is no ${path} to replace`);
  }
  at[last] = value;
}
