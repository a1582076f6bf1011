/** The smallest of any number of values; Infinity without one. `Math.min(...values)` fails from about 120,000 on. */
export function smallest(values: Iterable<number>): number {
  let found = Number.POSITIVE_INFINITY;
  for (const value of values) found = Math.min(found, value);
  return found;
}

/** The largest of any number of values; -Infinity without one. `Math.max(...values)` fails from about 120,000 on. */
export function largest(values: Iterable<number>): number {
  let found = Number.NEGATIVE_INFINITY;
  for (const value of values) found = Math.max(found, value);
  return found;
}
