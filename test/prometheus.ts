import { describe } from 'vitest';
import { canTestWith } from './services.ts';

/** A block of tests that start the Prometheus on PATH; skipped without Prometheus. */
export function describeWithPrometheus(name: string, tests: () => void): void {
  if (canTestWith('prometheus')) describe(name, tests);
  else describe.skip(`${name} (skipped: needs prometheus, see CONTRIBUTING.md)`, tests);
}
