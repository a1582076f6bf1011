import { statSync } from 'node:fs';
import { recordSale } from '../../src/simulation/record-sale.ts';
import { simulateSale } from '../../src/simulation/simulate-sale.ts';
import type { SimulationOptions } from '../../src/simulation/world.ts';

/** The things that a history has much of. */
export interface BigHistory {
  operations: number;
  rows: number;
  megabytes: number;
}

/** Records a simulated sale, as a run does with a real one. */
export async function writeHistory(
  path: string,
  options: Omit<SimulationOptions, 'seed'>,
): Promise<BigHistory> {
  const { evidence } = simulateSale({
    ...{ seed: 1, arrivalRate: 50_000, lossRate: 0.01, instances: 2 },
    ...options,
  });
  const { operations, ledger } = evidence;
  await recordSale(path, evidence);
  return {
    operations: operations.length,
    rows: Object.values(ledger ?? {}).reduce((sum, list) => sum + list.length, 0),
    megabytes: statSync(path).size / 2 ** 20,
  };
}
