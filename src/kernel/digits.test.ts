import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDigits } from './digits.ts';

it('writes every number as String does, in any order', () => {
  const digits = createDigits();
  const longer = createDigits(createDigits());
  const number = fc.oneof(fc.maxSafeNat(), fc.nat(5_000), fc.integer(), fc.double());
  fc.assert(
    fc.property(fc.array(number), (numbers) => {
      expect(numbers.map(digits)).toEqual(numbers.map(String));
      expect(numbers.map(longer)).toEqual(numbers.map(String));
    }),
  );
});
