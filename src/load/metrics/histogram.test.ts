import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from './histogram.ts';

const value = fc.oneof(
  fc.integer({ min: 0, max: 5_000 }),
  fc.integer({ min: 0, max: 52 }).map((exponent) => 2 ** exponent),
  fc.integer({ min: 11, max: 52 }).map((exponent) => 2 ** exponent - 1),
  fc.maxSafeInteger().map((number) => Math.abs(number) % 2 ** 52),
);

describe('a histogram', () => {
  it('has the value of every rank, correct to three digits', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        const histogram = new Histogram();
        for (const each of values) histogram.record(each);
        const sorted = values.toSorted((a, b) => a - b);
        expect(histogram.total).toBe(values.length);
        for (const [place, exact] of sorted.entries()) {
          const found = histogram.valueAtRank(place + 1);
          expect(found).toBeGreaterThanOrEqual(exact);
          expect(found - exact).toBeLessThanOrEqual(exact < 2_048 ? 0 : exact / 1_000);
        }
      }),
    );
  });

  it('is the same when it is merged from parts', () => {
    fc.assert(
      fc.property(fc.array(value), fc.array(value), (some, others) => {
        const [whole, part, rest] = [new Histogram(), new Histogram(), new Histogram()];
        for (const each of [...some, ...others]) whole.record(each);
        for (const each of some) part.record(each);
        for (const each of others) rest.record(each);
        part.add(rest.entries());
        expect(part.entries()).toEqual(whole.entries());
        expect(part.total).toBe(whole.total);
        part.reset();
        expect([part.total, part.entries().length]).toEqual([0, 0]);
      }),
    );
  });
});
