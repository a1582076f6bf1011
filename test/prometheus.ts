import { describe } from 'vitest';
import { canTestWith } from './services.ts';

/** Tests that start the Prometheus on PATH; skipped where there is none. */
export function describeWithPrometheus(name: string, tests: () => void): void {
  if (canTestWith('prometheus')) describe(name, tests);
  else describe.skip(`${name} (skipped: needs prometheus, see CONTRIBUTING.md)`, tests);
}
