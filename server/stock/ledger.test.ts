import { STRATEGIES, STRATEGY_NAMES } from '../../src/protocol/strategies.ts';
import { createStockLedger } from './index.ts';
import { describeLedger } from './ledger.contract.ts';

for (const strategy of STRATEGY_NAMES) {
  if (STRATEGIES[strategy].isUnsafe) continue;
  describeLedger(strategy, (options) => createStockLedger({ ...options, strategy }));
}
