import type { Pool } from 'pg';
import type { Clock } from '../../../src/kernel/clock.ts';
import type { Redis } from '../../platform/redis.ts';
import type { Admission, AdmissionObserver } from './admission.ts';
import { createMemoryAdmission } from './memory.ts';
import { createRedisAdmission } from './redis.ts';
import { createSoldOutMemory } from './sold-out.ts';

export const ADMISSION_NAMES = ['none', 'memory', 'redis'] as const;
export type AdmissionName = (typeof ADMISSION_NAMES)[number];

/** Creates the admission filter of this name. */
export function createAdmission(deps: {
  name: AdmissionName;
  pool: Pool;
  /** Required by `redis`. */
  redis?: Redis;
  clock: Clock;
  observe: AdmissionObserver;
}): Admission {
  const { name, redis } = deps;
  if (name === 'none') return NO_ADMISSION;
  const soldOut = createSoldOutMemory(deps);
  if (name === 'memory') return createMemoryAdmission({ ...deps, soldOut });
  if (redis === undefined) throw new Error('the admission filter redis needs a Redis');
  return createRedisAdmission({ ...deps, redis, soldOut });
}

const NO_ADMISSION: Admission = {
  admit: () => true,
  refuses: () => false,
  settle() {},
  holdChanged() {},
  unitsCameBack() {},
  async reconcile() {},
};
