import { describe, expect, it } from 'vitest';
import { referenceTarget } from './reference.ts';
import { defaultTarget, TARGET_NAMES, targetNamed } from './registry.ts';

describe('the registry of targets', () => {
  it('has each target under a name of its own', () => {
    expect(new Set(TARGET_NAMES).size).toBe(TARGET_NAMES.length);
    expect(targetNamed('reference')).toBe(referenceTarget);
    expect(defaultTarget).toBe(referenceTarget);
  });

  it('lists the names there are when one is unknown', () => {
    expect(() => targetNamed('shop')).toThrow('no target is named shop; there are: ');
  });
});
