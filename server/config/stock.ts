import * as z from 'zod';
import { STRATEGIES, STRATEGY_NAMES, type StrategyName } from '../../src/protocol/strategies.ts';
import { ADMISSION_NAMES, type AdmissionName } from '../stock/admission/index.ts';
import { DAY_MS, oneOf, refuseConfig, whole } from './forms.ts';

export const stockVariables = {
  STRATEGY: oneOf(STRATEGY_NAMES).default('batched'),
  UNSAFE: z.string().optional(),
  ADMISSION: oneOf(ADMISSION_NAMES).optional(),
  HOLD_TTL_MS: whole(1, DAY_MS).default(120_000),
  SWEEP_INTERVAL_MS: whole(10, DAY_MS).default(1000),
};

export interface StockConfig {
  strategy: StrategyName;
  /** The filter in front of the ledger. */
  admission: AdmissionName;
  holdTtlMs: number;
  sweepIntervalMs: number;
}

type Read = z.output<z.ZodObject<typeof stockVariables>> & { REDIS_URL?: string };

/** @throws UserError (exit 2) for an unsafe strategy without UNSAFE=1, and for a choice that needs Redis without one */
export function readStock(read: Read): StockConfig {
  const { isUnsafe, needsRedis } = STRATEGIES[read.STRATEGY];
  if (isUnsafe && read.UNSAFE !== '1') {
    throw refuseConfig(
      [`STRATEGY ${read.STRATEGY} oversells on purpose`],
      'choose another strategy, or set UNSAFE=1 to watch it fail',
    );
  }
  if (read.ADMISSION === 'redis' && read.REDIS_URL === undefined) {
    throw refuseConfig(
      ['ADMISSION redis keeps its counters in Redis, and REDIS_URL is not set'],
      'set REDIS_URL, or choose ADMISSION=memory',
    );
  }
  if (needsRedis && read.REDIS_URL === undefined) {
    throw refuseConfig(
      [`STRATEGY ${read.STRATEGY} keeps its locks in Redis, and REDIS_URL is not set`],
      'set REDIS_URL, or choose another strategy',
    );
  }
  return {
    strategy: read.STRATEGY,
    admission: read.ADMISSION ?? defaultAdmission(read),
    holdTtlMs: read.HOLD_TTL_MS,
    sweepIntervalMs: read.SWEEP_INTERVAL_MS,
  };
}

/** An unsafe strategy has no filter by default: a filter would hide some of the mistakes that it is there to show. */
function defaultAdmission(read: Read): AdmissionName {
  if (STRATEGIES[read.STRATEGY].isUnsafe) return 'none';
  return read.REDIS_URL === undefined ? 'memory' : 'redis';
}
