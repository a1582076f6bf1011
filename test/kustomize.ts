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

/** The fields of a kustomization that are understood here. Another one fails a test, so that nothing is left unseen. */
const FIELDS = new Set([
  ...['apiVersion', 'kind', 'namespace', 'resources', 'configMapGenerator', 'patches'],
]);

/**
 * Builds a folder as kustomize does, but without namespaces and the hashes in the names of generated maps.
 *
 * @throws for fields that it does not know, and for patches that fit nothing
 */
export function buildKustomization(folder: string): Manifest[] {
  const kustomization = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8'));
  for (const field of Object.keys(kustomization)) {
    if (!FIELDS.has(field)) throw new Error(`${folder}: nobody here knows the field ${field}`);
  }
  const { resources, configMapGenerator = [], patches = [] } = kustomization;
  const manifests = (resources as string[]).flatMap((resource) => load(join(folder, resource)));
  for (const generator of configMapGenerator) generate(manifests, generator, folder);
  for (const patch of patches) apply(manifests, patch, folder);
  return manifests;
}

function load(path: string): Manifest[] {
  if (statSync(path).isDirectory()) return buildKustomization(path);
  return parseAllDocuments(readFileSync(path, 'utf8')).map((document) => {
    if (document.errors.length > 0) throw new Error(`${path}: ${document.errors.join(', ')}`);
    return document.toJS();
  });
}

function generate(manifests: Manifest[], generator: Generator, folder: string): void {
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

function apply(manifests: Manifest[], { target, patch }: Patch, folder: string): void {
  const name = new RegExp(`^${target.name}$`);
  const fitting = manifests.filter(
    ({ kind, metadata }) => kind === target.kind && name.test(metadata.name),
  );
  if (fitting.length === 0) throw new Error(`${folder}: no ${target.kind} is named ${target.name}`);
  for (const manifest of fitting) {
    for (const operation of parse(patch) as Operation[]) change(manifest, operation);
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
