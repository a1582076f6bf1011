import { describe } from 'vitest';
import { canTestWith } from './services.ts';

/** Tests that run the k6 on PATH; skipped where there is none. */
export function describeWithK6(name: string, tests: () => void): void {
  if (canTestWith('k6')) describe(name, tests);
  else describe.skip(`${name} (skipped: needs k6, see CONTRIBUTING.md)`, tests);
}
