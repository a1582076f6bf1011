import { expect, it } from 'vitest';
import { studentQuantile } from './student.ts';

it.each([
  [0.995, 1, 63.657],
  [0.995, 2, 9.925],
  [0.995, 3, 5.841],
  [0.995, 4, 4.604],
  [0.995, 5, 4.032],
  [0.995, 9, 3.25],
  [0.975, 10, 2.228],
  [0.9975, 14, 3.326],
  [0.95, 30, 1.697],
  [0.995, 120, 2.617],
])(
  "Student's quantile of %d with %i degrees of freedom is the one of the tables",
  (share, freedom, value) => {
    expect(studentQuantile(share, freedom)).toBeCloseTo(value, 3);
  },
);
