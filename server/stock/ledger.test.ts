import { createStockLedger, STRATEGY_NAMES } from './index.ts';
import { describeLedger } from './ledger.contract.ts';

for (const strategy of STRATEGY_NAMES) {
  if (strategy === 'naive') continue;
  describeLedger(strategy, (options) => createStockLedger({ ...options, strategy }));
}
