import type { Pool } from 'pg';
import type { Clock } from '../../../src/kernel/clock.ts';
import type { Admission, AdmissionObserver } from './admission.ts';
import { createMemoryAdmission } from './memory.ts';
import { createSoldOutMemory } from './sold-out.ts';

export const ADMISSION_NAMES = ['none', 'memory'] as const;
export type AdmissionName = (typeof ADMISSION_NAMES)[number];

export function createAdmission(deps: {
  name: AdmissionName;
  pool: Pool;
  clock: Clock;
  observe: AdmissionObserver;
}): Admission {
  const { name, observe } = deps;
  switch (name) {
    case 'none':
      return { admit: () => true, settle() {}, end() {}, unitsCameBack() {} };
    case 'memory':
      return createMemoryAdmission({ soldOut: createSoldOutMemory(deps), observe });
  }
}
