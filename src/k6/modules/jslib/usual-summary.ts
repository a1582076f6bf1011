/**
 * The library reads k6's usual summary alone.
 *
 * @param name the function that was given the data
 * @throws Error for other data, as that of the machine-readable summary
 */
export function assertUsualSummary(data: { metrics?: unknown }, name: string): void {
  if (data.metrics !== undefined) return;
  throw new Error(
    `${name}() was given data without "metrics"; it reads k6’s usual summary, so leave --new-machine-readable-summary out`,
  );
}
