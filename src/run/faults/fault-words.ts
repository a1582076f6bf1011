import type { FaultName } from '../../history/fault.ts';

/** The words of `--faults` for each fault. */
export const FAULT_WORDS = {
  'server:kill': 'server-killed',
  'server:pause': 'server-paused',
  'postgres:kill': 'postgres-killed',
  'redis:kill': 'redis-killed',
  'redis:empty': 'redis-emptied',
  'kafka:kill': 'kafka-killed',
  'payments:kill': 'payments-killed',
  'payments:pause': 'payments-paused',
  'media:kill': 'media-killed',
  'smtp:kill': 'smtp-killed',
  'smtp:refuse': 'smtp-refused',
} as const satisfies Record<string, FaultName>;
