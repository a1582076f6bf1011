import { STRATEGIES, STRATEGY_NAMES } from '../../src/protocol/strategies.ts';
import { describeLedger } from './contract/ledger.contract.ts';
import { createStockLedger } from './index.ts';

for (const strategy of STRATEGY_NAMES) {
  if (STRATEGIES[strategy].isUnsafe) continue;
  describeLedger(strategy, (options) => createStockLedger({ ...options, strategy }));
}
