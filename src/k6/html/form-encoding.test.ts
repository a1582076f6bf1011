import { expect, it } from 'vitest';
import { encodeForm } from './form-encoding.ts';

it('encodeForm sorts fields by name, repeats lists, and spells characters as Go does', () => {
  expect(encodeForm({ b: "a*~ b'", a: ['é&', 2], c: true, empty: [] })).toBe(
    'a=%C3%A9%26&a=2&b=a%2A~+b%27&c=true',
  );
});
