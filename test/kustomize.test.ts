import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { writeFiles } from '../src/load/testing/files.ts';
import { buildKustomization } from './kustomize.ts';

/** Builds a kustomization around one ConfigMap. */
function build(fields: object, value = 'text') {
  const folder = writeFiles({
    'kustomization.yaml': stringify({ resources: ['map.yaml'], ...fields }),
    'map.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: one }\ndata: { key: ${value} }\n`,
  });
  try {
    return buildKustomization(folder.path('.'));
  } finally {
    folder.remove();
  }
}

const TARGET = { kind: 'ConfigMap', name: 'one' };
const patch = (operation: object) => ({ target: TARGET, patch: stringify([operation]) });

describe('buildKustomization', () => {
  it('applies patches to the resources that they name', () => {
    const replaced = { op: 'replace', path: '/data/key', value: 'other' };
    expect(build({ patches: [patch(replaced)] })[0]?.data).toEqual({ key: 'other' });
  });

  it.each([
    [{ namePrefix: 'x-' }, 'nobody here knows the field namePrefix of a kustomization'],
    [
      { configMapGenerator: [{ name: 'two', literal: ['A=1'] }] },
      'nobody here knows the field literal of a generator',
    ],
    [
      { patches: [{ ...patch({}), options: {} }] },
      'nobody here knows the field options of a patch',
    ],
    [
      { patches: [{ target: { ...TARGET, labelSelector: 'a=b' }, patch: '[]' }] },
      'nobody here knows the field labelSelector of a target',
    ],
    [
      { patches: [patch({ op: 'move', from: '/data/key', path: '/data/other' })] },
      'nobody here knows the field from of an operation',
    ],
    [
      { patches: [patch({ op: 'remove', path: '/data/key' })] },
      'nobody here knows the operation remove',
    ],
  ])('refuses what it would build otherwise than kustomize: %o', (fields, fault) => {
    expect(() => build(fields)).toThrow(fault);
  });

  it.each([
    ['off', false],
    ["'off'", 'off'],
    ['0440', 288],
  ])('reads %s as Kubernetes does', (text, value) => {
    expect(build({}, text)[0]?.data).toEqual({ key: value });
  });
});
