import type { StrategyDeps, StrategyLedger } from '../strategy.ts';
import { untilDecided } from '../until-decided.ts';

/** One statement per buyer: PostgreSQL decides, holds and writes in it. The fastest strategy without batches. */
export function createConditional({ batches }: StrategyDeps): StrategyLedger {
  return {
    hold: (request) =>
      untilDecided(
        async () => (await batches.hold([request]))[0],
        () => ({ outcome: 'contention_lost' }),
      ),
    confirm: (request) => untilDecided(async () => (await batches.confirm([request]))[0]),
    release: (request) => untilDecided(async () => (await batches.release([request]))[0]),
    cancelOrder: (request) => untilDecided(async () => (await batches.cancelOrder([request]))[0]),
  };
}
