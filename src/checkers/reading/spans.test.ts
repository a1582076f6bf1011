import { expect, it } from 'vitest';
import { createMeetingTest } from './spans.ts';

it('tells if any of the spans meets another, both ends included', () => {
  const meets = createMeetingTest([
    { from: 30, until: 40 },
    { from: 0, until: 10 },
    { from: 5, until: 7 },
  ]);
  expect(meets(10, 10)).toBe(true);
  expect(meets(8, 9)).toBe(true);
  expect(meets(11, 29)).toBe(false);
  expect(meets(11, 30)).toBe(true);
  expect(meets(41, 99)).toBe(false);
  expect(meets(-5, -1)).toBe(false);
  expect(meets(-5, 0)).toBe(true);
  expect(createMeetingTest([])(0, 99)).toBe(false);
});

it('knows no span that ends before it begins', () => {
  const meets = createMeetingTest([{ from: 5, until: 4 }]);
  expect(meets(5, 5)).toBe(false);
  expect(meets(4, 5)).toBe(true);
});
