import { expect, it } from 'vitest';
import { agreeOnHoldTtl } from './hold-ttl.ts';

const targets = ['http://shop'];

it.each([
  ['the setting, if the scenario names no lifetime', undefined, { holdTtlMs: 9 }, 9],
  ['the scenario’s, on a stack of our own', 3, { holdTtlMs: 9 }, 3],
  ['the scenario’s, on a target of unknown lifetime', 3, { holdTtlMs: 9, targets }, 3],
  ['the target’s', undefined, { holdTtlMs: 9, targets, targetHoldTtlMs: 5 }, 5],
  ['the one that both agree on', 5, { holdTtlMs: 9, targets, targetHoldTtlMs: 5 }, 5],
])('is %s', (_, holdTtlMs, options, expected) => {
  expect(agreeOnHoldTtl({ holdTtlMs }, options)).toBe(expected);
});

it('is refused if scenario and target differ', () => {
  const options = { holdTtlMs: 9, targets, targetHoldTtlMs: 5 };
  expect(() => agreeOnHoldTtl({ holdTtlMs: 3 }, options)).toThrow(
    expect.objectContaining({ exitCode: 2, why: 'those of http://shop live 5 ms' }),
  );
});
